import { expect, it } from 'vitest';
import { describeUnknownNames } from './unknown-names.js';

const describe = (name: string) => `no project "${name}"`;
const numbered = (count: number) => Array.from({ length: count }, (_unused, index) => `n${index}`);

it('names what there is, up to what a message holds', () => {
  expect(describeUnknownNames(['a', 'x'], ['a', 'b'], describe)).toEqual([
    'no project "x"; there are: a, b',
  ]);
  expect(describeUnknownNames(['x'], [], describe)).toEqual(['no project "x"; there are: none']);
  expect(describeUnknownNames(['x'], numbered(5_000), describe)).toEqual([
    expect.stringMatching(/; there are: n0, n1,.* n29 and 4970 more$/),
  ]);
});

it('suggests the one that may be meant', () => {
  expect(describeUnknownNames(['Aurrora'], ['aurora', 'meadow'], describe)).toEqual([
    'no project "Aurrora"; did you mean "aurora"?',
  ]);
});

it('says only of some names that they are not known, and how many more', () => {
  const problems = describeUnknownNames(numbered(500), ['known'], describe);
  expect(problems).toHaveLength(11);
  expect(problems.at(-1)).toBe('and 490 more names that are not known');
});
