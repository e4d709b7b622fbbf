import { describe, expect, it } from 'vitest';
import { retryDelayMs } from './retry-delay.js';

describe('retryDelayMs', () => {
  it('doubles from attempt to attempt', () => {
    expect([1, 2, 3, 4].map((attempt) => retryDelayMs(attempt, 100, 10_000))).toEqual([
      100, 200, 400, 800,
    ]);
  });

  it('never exceeds its limit, however many attempts there were', () => {
    expect(retryDelayMs(8, 100, 10_000)).toBe(10_000);
    expect(retryDelayMs(1_000_000, 100, 10_000)).toBe(10_000);
  });
});
