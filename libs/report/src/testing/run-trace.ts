import { Throughput } from '../throughput.js';

/** Where a run stood at one look of the reporter. */
export interface RunSnapshot {
  /** Since the beginning of the run. */
  readonly atMs: number;
  readonly embedded: number;
  readonly cached: number;
  /** Nothing is worked on: the run is paused. */
  readonly isPaused?: boolean;
}

/** A run as the reporter saw it, from its first look to the one at which it had ended. */
export interface RunTrace {
  readonly toEmbed: number;
  readonly cached: number;
  readonly looks: readonly RunSnapshot[];
  /** Up to then nobody could know how it goes on: an embedder came or went. */
  readonly unforeseenUntilMs?: number;
}

export interface Coverage {
  /** Looks at which there was an estimate. */
  readonly estimates: number;
  /** Share of them whose interval held the real end. */
  readonly covered: number;
  /** Median of the interval's width, as a share of the time that really was left. */
  readonly medianWidth: number;
}

/**
 * What the intervals of a run were worth: at every look, whether the time that work really took from
 * then on (pauses apart) was inside.
 */
export function measureCoverage(traces: readonly RunTrace[]): Coverage {
  const judged = traces.flatMap(judgeLooks);
  const widths = judged.map(({ width }) => width).sort((a, b) => a - b);
  return {
    estimates: judged.length,
    covered: judged.filter(({ isInside }) => isInside).length / judged.length,
    medianWidth: widths[Math.floor(widths.length / 2)] ?? NaN,
  };
}

function judgeLooks(trace: RunTrace): { isInside: boolean; width: number }[] {
  const throughput = new Throughput();
  const workedMs = toWorkedMs(trace.looks);
  const totalMs = workedMs.at(-1) ?? 0;
  return trace.looks.flatMap((look, index) => {
    if (look.isPaused === true) {
      throughput.interrupt();
      return [];
    }
    throughput.add(look);
    const left = { toEmbed: trace.toEmbed - look.embedded, cached: trace.cached - look.cached };
    if (look.atMs < (trace.unforeseenUntilMs ?? 0)) return [];
    const estimate = throughput.estimate(left);
    const real = (totalMs - (workedMs[index] ?? 0)) / 1_000;
    if (estimate === undefined || real <= 0) return [];
    const isInside = estimate.low <= real && real <= estimate.high;
    return [{ isInside, width: (estimate.high - estimate.low) / real }];
  });
}

/** Milliseconds of work up to each look. */
function toWorkedMs(looks: readonly RunSnapshot[]): number[] {
  let workedMs = 0;
  return looks.map((look, index) => {
    const before = looks[index - 1];
    if (before !== undefined && before.isPaused !== true) workedMs += look.atMs - before.atMs;
    return workedMs;
  });
}
