import { describe, expect, it } from 'vitest';
import { takeSample } from './take-sample.js';

const groups = (count: number, size: number) =>
  Array.from({ length: count }, (_unused, group) =>
    Array.from({ length: size }, (_member, index) => `${group}-${index}`),
  );

describe('takeSample', () => {
  it('takes all where there are no more than wanted', () => {
    expect(takeSample(groups(2, 3), 64)).toEqual(groups(2, 3));
  });

  it('takes whole groups from the whole range', () => {
    const sample = takeSample(groups(100, 3), 12);
    expect(sample.map(([first]) => first)).toEqual(['12-0', '37-0', '62-0', '87-0']);
    expect(sample.every((group) => group.length === 3)).toBe(true);
  });

  it('cuts a group that is larger than the sample', () => {
    expect(takeSample(groups(1, 100), 10).flat()).toHaveLength(10);
  });

  it('takes nothing from nothing', () => {
    expect(takeSample([], 10)).toEqual([]);
  });
});
