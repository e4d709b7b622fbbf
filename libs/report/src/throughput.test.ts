import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { measureCoverage, type RunTrace } from './testing/run-trace.js';
import { runKinds } from './testing/run-kinds.js';
import { simulateRun } from './testing/simulate-run.js';
import { Throughput } from './throughput.js';

const SEEDS = 10;
/** The parameters were tuned with lower seeds than this one. */
const UNSEEN_SEED = 31_000;

/** Recorded runs of this project as the reporter saw them. */
const recorded = new URL('../fixtures/', import.meta.url);
const readTrace = (name: string): RunTrace => {
  const { looks, ...trace } = JSON.parse(readFileSync(new URL(name, recorded), 'utf8')) as {
    toEmbed: number;
    cached: number;
    looks: readonly (readonly [number, number, number])[];
  };
  return {
    ...trace,
    looks: looks.map(([atMs, embedded, cached]) => ({ atMs, embedded, cached })),
  };
};

describe('the interval of an estimate', () => {
  it.each(runKinds)('holds four of five real ends, and is of use: %s', (_name, run) => {
    const traces = Array.from({ length: SEEDS }, (_, seed) =>
      simulateRun({ ...run, seed: UNSEEN_SEED + seed }),
    );
    const { covered, medianWidth } = measureCoverage(traces);
    expect(covered).toBeGreaterThanOrEqual(0.8);
    expect(medianWidth).toBeLessThan(1.6);
  });

  it('is narrow again soon after an embedder has left', () => {
    const run = { toEmbed: 4_000, rate: 20, slowdown: { atSeconds: 100, factor: 0.5 } };
    const traces = Array.from({ length: SEEDS }, (_, seed) =>
      simulateRun({ ...run, seed: UNSEEN_SEED + seed }),
    );
    expect(measureCoverage(traces).medianWidth).toBeLessThan(0.75);
  });

  it.each(readdirSync(recorded))('holds four of five real ends of a recorded run: %s', (name) => {
    const { covered, medianWidth, estimates } = measureCoverage([readTrace(name)]);
    expect(estimates).toBeGreaterThan(50);
    expect(covered).toBeGreaterThanOrEqual(0.8);
    // Other programs used the cores at times, so the rate changed by a factor of three during the
    // run.
    expect(medianWidth).toBeLessThan(1.7);
  });
});

describe('a rate', () => {
  const add = (throughput: Throughput, fromMs: number, embedded: number, seconds: number) => {
    for (let second = 0; second <= seconds; second++) {
      const atMs = fromMs + second * 1_000;
      throughput.add({ atMs, embedded: embedded + second * 10, cached: 0 });
    }
  };

  it('is that of an earlier run until this one has shown its own', () => {
    const throughput = new Throughput({ embed: 4 });
    expect(throughput.rates.embed).toBe(4);
    expect(throughput.estimate({ toEmbed: 400, cached: 0 })?.seconds).toBe(100);
    add(throughput, 0, 0, 20);
    expect(throughput.rates.embed).toBeCloseTo(10);
  });

  it('is not known of images to embed while nothing was, and no run was before', () => {
    expect(new Throughput().estimate({ toEmbed: 1, cached: 0 })).toBeUndefined();
  });

  it('holds neither start-up nor what was done while nobody looked', () => {
    const throughput = new Throughput();
    throughput.add({ atMs: 0, embedded: 0, cached: 0 });
    add(throughput, 45_000, 10, 20);
    throughput.interrupt();
    add(throughput, 4_000_000, 400, 20);
    expect(throughput.rates.embed).toBeCloseTo(10);
    expect(throughput.imagesPerSecond(4_020_000)).toBeCloseTo(10);
  });

  it('survives an outage without an image for minutes', () => {
    const throughput = new Throughput();
    add(throughput, 0, 0, 20);
    for (let second = 21; second < 400; second++) {
      throughput.add({ atMs: second * 1_000, embedded: 200, cached: 0 });
    }
    add(throughput, 400_000, 210, 20);
    expect(throughput.rates.embed).toBeCloseTo(10);
  });
});
