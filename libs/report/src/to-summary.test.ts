import type { RunRecord } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { toSummary } from './to-summary.js';
import { toSummaryPage } from './page/summary-page.js';

const model = { file: 'model.pt', sha256: 'a'.repeat(64) };
const features = { embedding: 'raw', dimensionScale: 2048 } as const;
const record: RunRecord = {
  v: 1,
  run: '20260101T000000Z-abcd',
  createdAt: '2026-01-01T00:00:00.000Z',
  state: 'completed',
  recipe: {
    id: '1'.repeat(16),
    embedding: { id: '2'.repeat(16), model, preprocessing: 'exact-1', precision: 'fp32' },
    ranker: { ...model, features },
    crop: { ...model, features },
  },
  options: { minGroupSize: 2, timeGapMinutes: null, legacyCache: 'ignore' },
  projects: [],
  skipped: [],
  rejected: [],
  excluded: [],
  legacySamples: [],
  extractedAt: null,
  completedAt: null,
  summary: null,
};
const fallback = 'ranker: ranker_v3_w10.pt, because there is no ranker_v4';

describe('a summary', () => {
  it('says aloud which fallback was taken, on its page too', async () => {
    const summary = toSummary({ ...record, notes: [fallback] }, [], new Date());
    expect(summary.notes).toEqual([fallback]);
    expect(await toSummaryPage(summary)).toContain(`<li>${fallback}</li>`);
  });

  it('holds all that was warned of, on its page too', async () => {
    const remedy = 'ignored; --legacy-cache trust uses them all the same';
    const summary = toSummary(record, [], new Date(), { warnings: [remedy, remedy] });
    expect(summary.warnings).toEqual([remedy]);
    expect(await toSummaryPage(summary)).toMatch(
      new RegExp(`<h2>Warnings</h2>\\s*<ul>\\s*<li>${remedy}</li>\\s*</ul>`),
    );
  });

  it('has no notes of runs that were recorded without any', () => {
    expect(toSummary(record, [], new Date()).notes).toEqual([]);
  });

  it('tells which failures were accepted and why, on its page too', async () => {
    const project = {
      name: 'dalia',
      source: 'dalia.zip',
      catalogue: '0123456789abcdef',
      images: 10,
      groups: 4,
      ungrouped: 0,
    };
    const counts = { embedded: 8, cached: 0, failed: 2, decidedGroups: 4, failedGroups: 0 };
    const failures = ['a.png', 'b.png'].map((image) => ({
      image,
      reason: 'not-an-image' as const,
      message: 'no',
    }));
    const skipped = [
      { project, counts: { ...counts, invertedCrops: 0 }, database: 'dalia.db', failures },
    ];
    const because = { why: '<lens cap>', at: '2026-01-02T00:00:00.000Z' };
    const accepted = new Map([
      ['dalia', { images: 1, groups: 0, byImage: new Map([['a.png', because]]) }],
    ]);
    const summary = toSummary({ ...record, skipped }, [], new Date(), { accepted });
    expect(summary.accepted).toEqual({ projects: 0, images: 1, groups: 0, dead_letters: 0 });
    expect(summary.projects[0]?.failures.map((each) => each.accepted)).toEqual([because, null]);
    expect(await toSummaryPage(summary)).toContain('&lt;lens cap&gt;');
  });
});
