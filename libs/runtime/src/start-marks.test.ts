import { expect, it } from 'vitest';
import { createStartMarks } from './start-marks.js';

const run = '20260131T094500Z-k3x9';
const makeImage = (name: string, sequence: number) => ({ run, project: { name }, sequence });

it('marks the first image of each project, again when it comes again, and no other', () => {
  const marks = createStartMarks();
  expect([
    marks.of(makeImage('dalia', 4), new Date(1_000)),
    marks.of(makeImage('dalia', 0), new Date(2_000)),
    marks.of(makeImage('kiara', 0), new Date(3_000)),
    marks.of(makeImage('dalia', 4), new Date(4_000)),
  ]).toEqual([
    '1970-01-01T00:00:01.000Z',
    undefined,
    '1970-01-01T00:00:03.000Z',
    '1970-01-01T00:00:01.000Z',
  ]);
});
