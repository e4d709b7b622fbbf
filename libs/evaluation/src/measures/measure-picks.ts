import type { JudgedGroup } from '../judged-group.js';
import { toChance, pickRules, type PickRule } from '../rules/pick-rules.js';
import { toCalibration, type Calibration } from './calibration.js';
import { toMeans, toShare, type Measured } from './intervals.js';
import { toVerdict, type Verdict } from './verdict.js';

/** Picks in groups of two or more. */
export interface PickMeasures {
  readonly groups: number;
  /** Share of groups in which the version picked the person's image. */
  readonly accuracy: Measured;
  /** The same for each rule, on the same groups. */
  readonly rules: Readonly<Record<PickRule, Measured>>;
  readonly bySize: readonly PicksOfSize[];
  readonly calibration: Calibration;
  readonly verdict: Verdict | null;
}

/** Picks in groups of one size. */
export interface PicksOfSize {
  readonly size: number;
  readonly groups: number;
  readonly accuracy: Measured;
  readonly rules: Readonly<Record<PickRule, Measured>>;
}

export function measurePicks(groups: readonly JudgedGroup[]): PickMeasures {
  const sizes = [...new Set(groups.map(({ images }) => images.length))].sort((a, b) => a - b);
  return {
    ...measure(groups),
    bySize: sizes.map((size) => ({
      size,
      ...measure(groups.filter(({ images }) => images.length === size)),
    })),
    calibration: toCalibration(
      groups.map((group) => ({ confidence: group.confidence, isRight: isRight(group) })),
    ),
    verdict: toVerdict({
      subject: 'picks',
      unit: { name: 'points', write: (difference) => (100 * difference).toFixed(1) },
      version: groups.map((group) => Number(isRight(group))),
      rules: new Map(pickRules.map((rule) => [rule, toChances(rule, groups)])),
    }),
  };
}

function measure(groups: readonly JudgedGroup[]): Omit<PicksOfSize, 'size'> {
  const measureRule = (rule: PickRule) => toShare(toSum(toChances(rule, groups)), groups.length);
  return {
    groups: groups.length,
    accuracy: toShare(groups.filter(isRight).length, groups.length),
    rules: {
      'highest stage': measureRule('highest stage'),
      first: measureRule('first'),
      last: measureRule('last'),
      random: toMeans({ random: toChances('random', groups) }).random,
    },
  };
}

const isRight = ({ picked, chosen }: JudgedGroup) => picked === chosen;

function toChances(rule: PickRule, groups: readonly JudgedGroup[]): number[] {
  return groups.map(({ images, chosen }) => toChance(rule, images, chosen));
}

function toSum(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
