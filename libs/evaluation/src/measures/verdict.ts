import { counted } from '@cullstream/contracts';
import { toMeans, type Interval } from './intervals.js';

/** If fewer groups differ, even being better in all of them is no evidence (sign test, 5 %). */
const LEAST_DIFFERENT = 6;

export type VerdictKind = 'better' | 'worse' | 'not decided';

/** The comparison of a version with the best simple rule, on the same groups. */
export interface Verdict {
  readonly kind: VerdictKind;
  /** The best rule; the first one if several are equally good. */
  readonly rule: string;
  readonly groups: number;
  /** The version's mean minus the rule's. */
  readonly difference: number;
  /** 95 %, by resampling groups. */
  readonly interval: Interval;
  readonly sentence: string;
}

export interface Contest {
  /** What is compared, as the beginning of a sentence: `picks`. */
  readonly subject: string;
  /** How a difference is written: `2.1`, `points`. */
  readonly unit: { readonly name: string; readonly write: (difference: number) => string };
  /** The version's values, one for each group. */
  readonly version: readonly number[];
  /** The values of each rule, by its name. */
  readonly rules: ReadonlyMap<string, readonly number[]>;
}

/** Null if there is no group or no rule. */
export function toVerdict({ subject, unit, version, rules }: Contest): Verdict | null {
  const groups = version.length;
  const best = [...rules].reduce<readonly [string, readonly number[]] | undefined>(
    (found, rule) => (found === undefined || toSum(rule[1]) > toSum(found[1]) ? rule : found),
    undefined,
  );
  if (groups === 0 || best === undefined) return null;
  const [rule, values] = best;
  const differences = version.map((value, group) => value - (values[group] ?? 0));
  const { value, interval } = toMeans({ differences }).differences;
  if (value === null || interval === null) return null;
  const different = differences.filter((each) => each !== 0).length;
  const kind = different < LEAST_DIFFERENT ? 'not decided' : toVerdictKind(interval);
  const found = { kind, rule, groups, difference: value, interval };
  return { ...found, sentence: `${subject}: ${describe(found, unit)}` };
}

function describe(
  { kind, rule, groups, difference, interval: [low, high] }: Omit<Verdict, 'sentence'>,
  { name, write }: Contest['unit'],
): string {
  if (kind === 'not decided') {
    const side = difference < 0 ? 'below' : 'above';
    return (
      `not decided by ${counted(groups, 'group')}; ${write(Math.abs(difference))} ${name} ${side} the best ` +
      `rule (${rule}), 95 % interval of the difference ${write(low)} to ${write(high)}`
    );
  }
  const [by, least, most] =
    kind === 'better' ? [difference, low, high] : [-difference, -high, -low];
  return (
    `${kind} than the best rule (${rule}) by ${write(by)} ${name} on ${counted(groups, 'group')}, ` +
    `95 % interval ${write(least)} to ${write(most)}`
  );
}

function toVerdictKind([low, high]: Interval): VerdictKind {
  if (low > 0) return 'better';
  return high < 0 ? 'worse' : 'not decided';
}

function toSum(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
