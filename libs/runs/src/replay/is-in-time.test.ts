import type { RunProgress } from '@cullstream/store';
import { expect, it } from 'vitest';
import { isInTime } from './is-in-time.js';

const run = { run: 'r2', completedAt: '2026-01-31T12:00:00.000Z' } as RunProgress;
const [before, at, after] = ['11:59', '12:00', '12:01'].map((time) => `2026-01-31T${time}:00.000Z`);

it.each([
  [{}, true],
  [{ run: null, after: null, before: null }, true],
  [{ run: 'r2' }, true],
  [{ run: 'r1' }, false],
  [{ after: before }, true],
  [{ after: at }, false],
  [{ after }, false],
  [{ before: after }, true],
  [{ before: at }, false],
  [{ before }, false],
  [{ after: before, before: after }, true],
  [{ run: 'r1', after: before, before: after }, false],
])('a run that was completed at noon, for %o: %s', (asked, expected) => {
  expect(isInTime(run, asked)).toBe(expected);
});

it('takes no run that is not completed after a time', () => {
  const begun = { ...run, completedAt: null };
  expect(isInTime(begun, { after: before })).toBe(false);
});
