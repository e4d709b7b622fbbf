import { describe, expect, it } from 'vitest';
import { seededRandom } from './seeded-random.js';

const take = (seed: number, count: number) => Array.from({ length: count }, seededRandom(seed));

describe('seeded numbers', () => {
  it('repeat for a seed and differ between seeds', () => {
    expect(take(1, 3000)).toEqual(take(1, 3000));
    expect(take(1, 10)).not.toEqual(take(2, 10));
  });

  it('are spread evenly over [0, 1)', () => {
    const numbers = take(5, 20_000);
    const tenths = Array.from({ length: 10 }, (_, tenth) =>
      numbers.reduce((sum, value) => sum + (Math.floor(value * 10) === tenth ? 1 : 0), 0),
    );
    expect(tenths.every((count) => count > 1800 && count < 2200)).toBe(true);
  });
});
