import { describe, expect, it } from 'vitest';
import { RestartDelays } from './restart-delays.js';

describe('the delays of restarts', () => {
  const options = { firstMs: 100, longestMs: 1_000, forgottenAfterMs: 60_000 };

  it('grow while it keeps ending, up to the longest', () => {
    const delays = new RestartDelays(options);

    const asked = [0, 1, 2, 3, 4, 5].map((second) => delays.next(second * 1_000).delayMs);

    expect(asked).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('begin anew when it has not ended for long', () => {
    const delays = new RestartDelays(options);
    delays.next(0);
    delays.next(1_000);

    expect(delays.next(61_500)).toEqual({ delayMs: 100, recentEnds: 1 });
  });
});
