import type { LiveRun } from '@cullstream/contracts/web';
import { expect, it } from 'vitest';
import { countDecided, countEnded, toTotals } from './run-totals.js';

const counts = {
  embedded: 10,
  cached: 5,
  failed: 1,
  decidedGroups: 4,
  failedGroups: 1,
  invertedCrops: 0,
};
const status: LiveRun['status'] = {
  run: 'r',
  at: '2026-01-01T00:00:00Z',
  startedAt: '2026-01-01T00:00:00Z',
  state: 'running',
  projects: ['a', 'b'].map((name) => ({ name, state: 'running', images: 30, groups: 10, counts })),
  others: { projects: 100, images: 1000, groups: 300, counts },
  imagesPerSecond: 3,
  eta: null,
  bottleneck: null,
  deadLetters: 0,
  warnings: [],
};

it('adds up all projects, also those that are not listed', () => {
  const totals = toTotals(status);
  expect(totals).toMatchObject({ projects: 102, images: 1060, groups: 320 });
  expect(countEnded(totals.counts)).toBe(48);
});

it('counts what was decided of a project in all runs', () => {
  const run: LiveRun = {
    status,
    backlogs: null,
    embedders: null,
    history: [],
    first: [],
    failures: [],
    decisions: [],
  };
  const state = { at: status.at, runs: [run, run] };
  expect(countDecided(state, 'a')).toBe(10);
  expect(countDecided(state, 'elsewhere')).toBe(0);
  expect(countDecided(null, 'a')).toBe(0);
});
