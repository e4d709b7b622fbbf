import { describe, expect, it } from 'vitest';
import { RateHistory } from './rate-history.js';

describe('the rates of a run', () => {
  it('are those between its points', () => {
    const history = new RateHistory();
    history.add(0, 0);
    history.add(2_000, 20);
    history.add(4_000, 20);
    expect(history.rates).toEqual([
      { at: '1970-01-01T00:00:02.000Z', imagesPerSecond: 10 },
      { at: '1970-01-01T00:00:04.000Z', imagesPerSecond: 0 },
    ]);
  });

  it('lose no image, however long it takes', () => {
    const history = new RateHistory();
    for (let second = 0; second <= 10_000; second++) history.add(second * 1_000, second * 7);
    const { points, rates } = history;
    expect(points.length).toBeLessThanOrEqual(120);
    expect(points.length).toBeGreaterThan(40);
    const gaps = points.slice(1).map(({ atMs }, index) => atMs - (points[index]?.atMs ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(4 * (10_000_000 / points.length));
    expect(points.at(-1)).toEqual({ atMs: 10_000_000, finished: 70_000 });
    expect(new Set(rates.map(({ imagesPerSecond }) => imagesPerSecond))).toEqual(new Set([7]));
  });

  it('go on from what an earlier process saw', () => {
    const history = new RateHistory([
      { atMs: 0, finished: 0 },
      { atMs: 1_000, finished: 10 },
    ]);
    history.add(3_000, 50);
    history.add(4_000, 40);
    expect(history.points.at(-1)).toEqual({ atMs: 3_000, finished: 50 });
    expect(history.rates.at(-1)?.imagesPerSecond).toBe(20);
  });
});
