import type { EngineProfile } from '../profile/engine-profile.js';

/** The measurements of one candidate, one for each round. */
export interface Trial {
  readonly profile: EngineProfile;
  readonly imagesPerSecond: readonly number[];
  /** The most resident memory of its process, in bytes. */
  readonly peakBytes: number;
}

export interface Verdict {
  /** Undefined where every candidate takes more memory than allowed. */
  readonly chosen: Trial | undefined;
  readonly why: string;
}

/**
 * A candidate counts as faster only if it is so by this factor in each round: speeds vary by a few
 * percent.
 */
const LEAST_GAIN = 1.03;
/** Fewer rounds are no proof. */
const LEAST_ROUNDS = 3;

/**
 * The default, unless another candidate was faster in every round. Where the default takes too much
 * memory, the fastest of those that do not.
 * @param trials the default's first; rounds of the same number were measured one after the other
 * @param capBytes memory that one embedder may take
 */
export function judgeTrials(trials: readonly Trial[], capBytes: number): Verdict {
  const [preset] = trials;
  const fitting = trials.filter(({ peakBytes }) => peakBytes <= capBytes);
  if (preset === undefined || fitting.length === 0) {
    return { chosen: undefined, why: 'nothing that was tried stays below the memory cap' };
  }
  if (!fitting.includes(preset)) {
    return {
      chosen: fastest(fitting),
      why: 'the default takes more than the memory cap; the fastest of those below it',
    };
  }
  const better = fitting.filter((trial) => isFaster(trial, preset));
  if (better.length > 0)
    return { chosen: fastest(better), why: 'faster than the default in every round' };
  const isOpen = fitting.some((trial) => trial !== preset && isPromising(trial, preset));
  return {
    chosen: preset,
    why: isOpen
      ? `the default: there was no time for the ${LEAST_ROUNDS} rounds that would prove another faster`
      : 'nothing was faster than the default by more than the spread',
  };
}

/** Whether a candidate can still be judged faster: it was so in every round until now. */
export function isPromising(trial: Trial, preset: Trial): boolean {
  return trial.imagesPerSecond.every(
    (rate, round) => rate > LEAST_GAIN * (preset.imagesPerSecond[round] ?? Infinity),
  );
}

function isFaster(trial: Trial, preset: Trial): boolean {
  return trial.imagesPerSecond.length >= LEAST_ROUNDS && isPromising(trial, preset);
}

function fastest(trials: readonly Trial[]): Trial | undefined {
  return trials.toSorted((a, b) => toMedian(b.imagesPerSecond) - toMedian(a.imagesPerSecond))[0];
}

/** The median; the lower of the two middle values for an even number. */
export function toMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? NaN;
}
