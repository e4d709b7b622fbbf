import { Throughput } from '../throughput.js';

/** The progress of a run at one time at which the reporter checked it. */
export interface RunSnapshot {
  /** Milliseconds since the beginning of the run. */
  readonly atMs: number;
  readonly embedded: number;
  readonly cached: number;
  /** Whether the run is paused. */
  readonly isPaused?: boolean;
}

/**
 * The progress of a run at each check of the reporter, from the first one to the end of the run.
 */
export interface RunTrace {
  readonly toEmbed: number;
  readonly cached: number;
  readonly looks: readonly RunSnapshot[];
  /**
   * Time of the last unpredictable change, such as an embedder that joined or left. Earlier
   * estimates are not judged.
   */
  readonly unforeseenUntilMs?: number;
}

export interface Coverage {
  /** Number of checks with an estimate. */
  readonly estimates: number;
  /** Share of the estimates whose interval contained the real end. */
  readonly covered: number;
  /** Median width of the interval, as a share of the time that was really left. */
  readonly medianWidth: number;
}

/**
 * Measures the quality of the estimated intervals of runs. For every check, it compares the
 * interval with the working time that was really left, without pauses.
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

/** Milliseconds of work up to each check. */
function toWorkedMs(looks: readonly RunSnapshot[]): number[] {
  let workedMs = 0;
  return looks.map((look, index) => {
    const before = looks[index - 1];
    if (before !== undefined && before.isPaused !== true) workedMs += look.atMs - before.atMs;
    return workedMs;
  });
}
