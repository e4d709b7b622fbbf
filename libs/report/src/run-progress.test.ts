import type { ProjectProgressed, ResultEvent, RunRecord } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import {
  abandonProject,
  applyResult,
  toInitialProgress,
  type ProjectProgress,
} from './run-progress.js';
import { toLogLine } from './to-log-line.js';
import { toSummaryPage } from './page/summary-page.js';
import { WorkingTime } from './working-time.js';
import { toSummary, toSummaryName } from './to-summary.js';

const sha256 = 'a'.repeat(64);
const model = { file: 'm.pt', sha256 };
const features = { embedding: 'raw', dimensionScale: 2048 } as const;
const run = '20260131T094500Z-k3x9';
const project = {
  name: 'dalia',
  source: 'dalia.zip',
  catalogue: '0123456789abcdef',
  images: 10,
  groups: 4,
  ungrouped: 1,
};
const counts = {
  embedded: 5,
  cached: 2,
  failed: 1,
  decidedGroups: 3,
  failedGroups: 0,
  invertedCrops: 0,
};
const record: RunRecord = {
  v: 1,
  run,
  createdAt: '2026-01-31T09:45:00.000Z',
  state: 'running',
  recipe: {
    id: '1'.repeat(16),
    embedding: { id: '2'.repeat(16), model, preprocessing: 'exact-1', precision: 'fp32' },
    ranker: { ...model, features },
    crop: { ...model, features },
  },
  options: { minGroupSize: 2, timeGapMinutes: null, legacyCache: 'check' },
  projects: [{ project, cached: 2, warnings: [] }],
  skipped: [
    {
      project: { ...project, name: 'done' },
      counts: { ...counts, failed: 0, embedded: 8 },
      database: 'training/ai_training_decisions/done.db',
      failures: [],
    },
  ],
  rejected: [{ name: 'odd', source: 'odd.zip', message: 'not a zip archive' }],
  excluded: [{ name: 'mojo3', source: 'mojo3', message: 'the inventory says: done' }],
  legacySamples: [],
  extractedAt: null,
  completedAt: null,
  summary: null,
};
const progressed: ProjectProgressed = {
  v: 1,
  type: 'project.progressed',
  run,
  project,
  counts,
  at: '2026-01-31T09:45:10.000Z',
};
const completed: ResultEvent = {
  v: 1,
  type: 'project.completed',
  run,
  project,
  counts: { ...counts, embedded: 7, decidedGroups: 4 },
  database: 'training/ai_training_decisions/dalia.db',
  startedAt: '2026-01-31T09:45:05.000Z',
  completedAt: '2026-01-31T09:45:35.000Z',
  failures: [{ image: '<b>.png', reason: 'not-an-image', message: 'no' }],
};

const initial = (): ProjectProgress => {
  const progress = toInitialProgress(record).get('dalia');
  if (progress === undefined) throw new Error('the record names dalia');
  return progress;
};

describe('applyResult', () => {
  it('never goes back when results overtake each other', () => {
    const now = applyResult(initial(), progressed);
    const late = { ...progressed, counts: { ...counts, embedded: 1 } };
    expect(applyResult(now, late).counts.embedded).toBe(5);
  });

  it('ends as partial where images failed, and stays ended', () => {
    const ended = applyResult(initial(), completed);
    expect(ended.state).toBe('partial');
    expect(applyResult(ended, progressed)).toBe(ended);
  });

  it('completes a project without images by its catalogue alone', () => {
    const empty = { ...project, images: 0, groups: 0, ungrouped: 0 };
    const event: ResultEvent = {
      v: 1,
      type: 'project.cataloged',
      run,
      project: empty,
      warnings: [],
    };
    expect(applyResult(initial(), event).state).toBe('success');
  });

  it('keeps what was warned of when the run was planned', () => {
    const planned = {
      ...initial(),
      warnings: ['the inventory says 4 images', 'a row is left out'],
    };
    const warnings = ['a row is left out', 'two names'];
    const event: ResultEvent = { v: 1, type: 'project.cataloged', run, project, warnings };
    expect(applyResult(planned, event).warnings).toEqual([...planned.warnings, 'two names']);
  });
});

it('says how many images of an abandoned project never arrived', () => {
  const { state, message } = abandonProject(applyResult(initial(), progressed));
  expect(state).toBe('failed');
  expect(message).toMatch(/^2 of 10 images never reached the database/);
});

it('writes the log line of a finished project, a pause told apart', () => {
  const worked = new WorkingTime([
    {
      fromMs: Date.parse('2026-01-31T09:45:00.000Z'),
      toMs: Date.parse('2026-01-31T09:45:10.000Z'),
    },
    {
      fromMs: Date.parse('2026-01-31T09:45:20.000Z'),
      toMs: Date.parse('2026-01-31T09:46:00.000Z'),
    },
  ]);
  const line = toLogLine(record, applyResult(initial(), completed), new Date(0), worked);
  expect(line).toEqual({
    project_id: 'dalia',
    zip_file: 'dalia.zip',
    image_count: 10,
    groups: 4,
    failed_images: 1,
    ungrouped_images: 1,
    cached_images: 2,
    duration_seconds: 30,
    working_seconds: 20,
    images_per_second: 0.5,
    status: 'partial',
    timestamp: '2026-01-31T09:45:35.000Z',
    database: 'training/ai_training_decisions/dalia.db',
    run_id: run,
  });
});

describe('toSummary', () => {
  const summary = toSummary(
    record,
    [applyResult(initial(), completed)],
    new Date('2026-01-31T09:46:00.000Z'),
  );

  it('adds up what was done now and before, and tells skipped from failed', () => {
    expect(summary.results).toEqual({ total_projects: 4, processed: 1, skipped: 2, failed: 1 });
    expect(summary.images).toEqual({
      total: 20,
      embedded: 7,
      cached: 12,
      failed: 1,
      ungrouped: 2,
    });
    expect(summary.total_duration_seconds).toBe(60);
    expect(toSummaryName(summary)).toBe('batch_predictions_summary_20260131T094500Z');
  });

  it('escapes every name on its page', async () => {
    const page = await toSummaryPage(summary);
    expect(page).toContain('&lt;b&gt;.png');
    expect(page).not.toContain('<b>.png');
  });
});
