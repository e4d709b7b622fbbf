import type { EngineProfile } from '../profile/engine-profile.js';

/** What was measured of one candidate, round by round. */
export interface Trial {
  readonly profile: EngineProfile;
  readonly imagesPerSecond: readonly number[];
  /** The most resident memory of its process, in bytes. */
  readonly peakBytes: number;
}

export interface Verdict {
  /** Undefined where no candidate stays below the cap. */
  readonly chosen: Trial | undefined;
  readonly why: string;
}

/** What counts as better must be so by this much in each round: machines drift by a few percent. */
const LEAST_GAIN = 1.03;
/** Fewer rounds prove nothing. */
const LEAST_ROUNDS = 3;

/**
 * The default, unless another was faster in every round; where the default takes too much memory, the
 * fastest of those that do not.
 * @param trials the default's first; rounds of the same number were taken side by side
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

/** Whether it still can be judged faster: it was so in every round until now. */
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

/** The middle one; the lower of the two in the middle. */
export function toMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? NaN;
}
