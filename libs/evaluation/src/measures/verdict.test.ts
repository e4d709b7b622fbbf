import { describe, expect, it } from 'vitest';
import { toVerdict } from './verdict.js';

const unit = { name: 'points', write: (difference: number) => (100 * difference).toFixed(1) };

/** One of every `each` of 40 groups. */
const every = (each: number, place = 0) =>
  Array.from({ length: 40 }, (_, group) => Number(group % each === place));

function judge(version: number[], rules: Record<string, number[]>) {
  return toVerdict({ subject: 'picks', unit, version, rules: new Map(Object.entries(rules)) });
}

describe('a verdict', () => {
  it('is better where the interval of the difference to the best rule is above 0', () => {
    const found = judge(every(1), { first: every(2), last: every(4) });
    expect(found).toMatchObject({ kind: 'better', rule: 'first', groups: 40, difference: 0.5 });
    expect(found?.interval[0]).toBeGreaterThan(0);
    expect(found?.sentence).toMatch(
      /^picks: better than the best rule \(first\) by 50\.0 points on 40 groups, 95 % interval 3\d\.\d to 6\d\.\d$/,
    );
  });

  it('is worse where it is below 0, and then says by how much', () => {
    const found = judge(every(4), { first: every(8, 1), last: every(1) });
    expect(found).toMatchObject({ kind: 'worse', rule: 'last', difference: -0.75 });
    expect(found?.sentence).toMatch(
      /^picks: worse than the best rule \(last\) by 75\.0 points on 40 groups, 95 % interval 6\d\.\d to 8\d\.\d$/,
    );
  });

  it('is not decided where it holds 0', () => {
    const found = judge(every(2), { first: every(2, 1) });
    expect(found).toMatchObject({ kind: 'not decided', difference: 0 });
    expect(found?.sentence).toMatch(/^picks: not decided by 40 groups; 0\.0 points above the best/);
  });

  it('is paired: a small difference counts where the groups are otherwise alike', () => {
    const version = every(2).map((value, group) => (group % 5 === 0 ? 1 : value));
    expect(judge(version, { first: every(2) })).toMatchObject({ kind: 'not decided' });
    const better = every(2).map((value) => value + 0.01);
    expect(judge(better, { first: every(2) })).toMatchObject({ kind: 'better' });
  });

  it('is not decided by less than six groups that differ, all better as they may be', () => {
    const five = [1, 1, 1, 1, 1];
    expect(judge(five, { first: [0, 0, 0, 0, 0] })?.kind).toBe('not decided');
    expect(judge([...five, 1], { first: [0, 0, 0, 0, 0, 0] })?.kind).toBe('better');
  });

  it('takes the first of rules that are equally good', () => {
    expect(judge(every(1), { first: every(2), last: every(2, 1) })?.rule).toBe('first');
  });

  it('is none without groups or rules', () => {
    expect(judge([], { first: [] })).toBeNull();
    expect(judge([1], {})).toBeNull();
  });
});
