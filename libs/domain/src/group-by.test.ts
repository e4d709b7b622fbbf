import { expect, it } from 'vitest';
import { groupBy } from './group-by.js';

it('groups in the order of the first of each key, and each group in its own order', () => {
  const groups = groupBy(['b1', 'a1', 'b2', 'a2', 'b3'], (name) => name.charAt(0));
  expect([...groups]).toEqual([
    ['b', ['b1', 'b2', 'b3']],
    ['a', ['a1', 'a2']],
  ]);
  expect(groupBy([], String).size).toBe(0);
});
