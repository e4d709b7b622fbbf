import { expect, it } from 'vitest';
import { formatMany, formatRate, formatShare } from './numbers.js';
import { formatInterval, formatSeconds } from './times.js';

it('tells an interval in the unit of its later end', () => {
  expect(formatInterval(360, 540)).toBe('6 to 9 min');
  expect(formatInterval(20, 40)).toBe('20 to 40 s');
  expect(formatInterval(7_000, 12_000)).toBe('1.9 to 3.3 h');
  expect(formatInterval(200_000, 400_000)).toBe('2.3 to 4.6 days');
});

it('tells one time where both ends are the same', () => {
  expect(formatInterval(361, 365)).toBe('6 min');
  expect(formatSeconds(42)).toBe('42 s');
});

it('never rounds a share to nothing or to all', () => {
  expect([0, 0.001, 0.5, 0.999, 1].map(formatShare)).toEqual(['0%', '<1%', '50%', '>99%', '100%']);
});

it('groups digits and knows one from many', () => {
  expect(formatMany(1, 'group')).toBe('1 group');
  expect(formatMany(13_000, 'group')).toBe('13,000 groups');
  expect([3.26, 1234.5].map(formatRate)).toEqual(['3.3', '1,235']);
});
