import { expect, it } from 'vitest';
import { nextTimeOfDay } from './next-time-of-day.js';

const evening = new Date(2026, 0, 31, 22, 30);

it.each([
  ['23:00', new Date(2026, 0, 31, 23, 0)],
  ['22:30:05', new Date(2026, 0, 31, 22, 30, 5)],
  ['07:15', new Date(2026, 1, 1, 7, 15)],
  ['22:30', new Date(2026, 1, 1, 22, 30)],
])('finds the next %s', (timeOfDay, expected) => {
  expect(nextTimeOfDay(timeOfDay, evening)).toEqual(expected);
});
