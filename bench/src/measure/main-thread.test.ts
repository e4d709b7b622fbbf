import { describe, expect, it } from 'vitest';
import { toMainThreadMs } from './main-thread.js';

const finishedMs = Array.from({ length: 100 }, (_unused, index) => 1_000 + index * 100);
const process = {
  name: 'embedder',
  pid: 1,
  cpuSeconds: 0,
  peakResidentBytes: 0,
  peakProportionalBytes: 0,
};

describe("what an image takes of a process's main thread", () => {
  it('leaves out the first quarter of the images, and what came after the last', () => {
    const mainThread = [
      { atMs: 2_000, cpuSeconds: 5 },
      { atMs: 4_000, cpuSeconds: 5.1 },
      { atMs: 6_000, cpuSeconds: 5.12 },
      { atMs: 9_000, cpuSeconds: 5.2 },
      { atMs: 12_000, cpuSeconds: 9 },
    ];
    expect(toMainThreadMs({ ...process, mainThread }, finishedMs)).toBeCloseTo(100 / 50, 6);
  });

  it('is not known of a process that was seen once', () => {
    const mainThread = [{ atMs: 5_000, cpuSeconds: 1 }];
    expect(toMainThreadMs({ ...process, mainThread }, finishedMs)).toBeUndefined();
  });
});
