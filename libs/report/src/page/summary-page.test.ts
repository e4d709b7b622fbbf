import { expect, it } from 'vitest';
import type { ProjectSummary, Summary } from '../summary.js';
import { chooseSamples } from './choose-samples.js';
import { toProjectDecisions } from './project-decisions.js';
import type { ReportDetails } from './report-details.js';
import { toSummaryPage } from './summary-page.js';

const hostile = '<img src=x onerror="alert(1)">';
const model = { file: `${hostile}.pt`, sha256: 'ab'.repeat(32) };
const features = { embedding: 'raw', dimensionScale: 2_048 } as const;
const none = {
  failed_groups: 0,
  ungrouped_images: 0,
  inverted_crops: 0,
  warnings: [],
  message: null,
};

const dalia: ProjectSummary = {
  ...none,
  ...{ project_id: hostile, zip_file: 'dalia.zip', status: 'partial', image_count: 10, groups: 4 },
  ...{ decided_groups: 4, embedded_images: 5, cached_images: 3, failed_images: 2 },
  ...{ duration_seconds: 75, working_seconds: 60, images_per_second: 0.17, database: 'a/dalia.db' },
  failures: ['a.png', 'b.png'].map((image) => ({
    ...{ image, reason: 'crc-mismatch' as const, message: hostile },
  })),
};
const done: ProjectSummary = {
  ...none,
  ...{ project_id: 'done', zip_file: 'done.zip', status: 'skipped', image_count: 2, groups: 1 },
  ...{ decided_groups: 1, embedded_images: 0, cached_images: 2, failed_images: 0 },
  ...{ duration_seconds: 0, images_per_second: null, database: 'a/done.db', failures: [] },
};
const summary: Summary = {
  ...{ batch_id: '20260131T094500Z-abcd', started_at: '2026-01-31T09:45:00.250Z' },
  ...{ completed_at: '2026-01-31T09:47:00.000Z', total_duration_seconds: 120, working_seconds: 60 },
  models: {
    embedder: { ...model, features: {} },
    ranker: { ...model, features },
    crop_proposer: { ...model, features },
  },
  results: { total_projects: 2, processed: 1, skipped: 1, failed: 0 },
  images: { total: 12, embedded: 5, cached: 5, failed: 2, ungrouped: 0 },
  groups: { total: 5, decided: 5, failed: 0 },
  projects: [dalia, done],
  ...{ output_directory: 'a', log_file: 'b' },
};

const groups = [0.5, 0.6, 0.7, 0.9].map((confidence, index) => ({
  groupId: `g${index}`,
  images: [`${hostile}_stage1.png`, `x${index}_stage2_upscaled.png`],
  decision: { selectedIndex: 1, confidence, crop: [0.25, 0, 0.75, 1] as const },
}));
const details: ReportDetails = {
  record: {
    recipe: {
      id: '1'.repeat(16),
      embedding: { id: '2'.repeat(16), model, preprocessing: 'exact-1', precision: 'fp32' },
      ...{ ranker: { ...model, features }, crop: { ...model, features } },
    },
    options: { minGroupSize: 2, timeGapMinutes: null, legacyCache: 'ignore' },
    projects: [
      {
        project: {
          ...{ name: 'dalia', source: 'dalia.zip', catalogue: '0'.repeat(16) },
          ...{ images: 10, groups: 4, ungrouped: 0 },
        },
        ...{ cached: 3, warnings: [] },
      },
    ],
    estimate: { seconds: 50, low: 40, high: 65, basis: 'tuned', toEmbed: 7, cached: 3 },
  },
  history: [0, 5, 8, 10].map((finished, index) => ({ atMs: 1_000 + index * 20_000, finished })),
  decisions: [toProjectDecisions('dalia', groups)],
  samples: chooseSamples('dalia', groups, { projects: 1, shown: 0 }),
};

const toText = (page: string) => page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

it('shows the plan beside what it took, failures by reason, and no time that is not known', async () => {
  const text = toText(await toSummaryPage(summary, details));
  expect(text).toContain('time of work 50.0 s (40.0 s to 1 min 5 s) 1 min 0 s');
  expect(text).toContain('images to embed 7 7');
  expect(text).toContain('crc-mismatch: 2 images');
  expect(text).toContain('partial 10 4 0 7 5 3 2 4 1 min 15 s 0.17 dalia.db');
  expect(text).toContain('skipped 2 1 0 – 0 2 0 1 – – done.db');
});

it('plots throughput, cache, confidence, stages and crops', async () => {
  const page = await toSummaryPage(summary, details);
  const plots = [...page.matchAll(/aria-label="([^"]*)"/g)].map(([, words]) => words);
  expect(plots).toEqual([
    'Images a second over time, at most 0.3',
    expect.stringMatching(/^Share of the images that came from the cache.* 30.0 %$/),
    'Median confidence by project: dalia 65.0 %',
    expect.stringContaining('stage2_upscaled 4'),
    '4 crops, by the share of the image that they keep',
  ]);
});

it('shows decisions with their crops where there are pictures, and nothing in their place', async () => {
  const findPicture: ReportDetails['findPicture'] = ({ groupId }, at) => `data:,${groupId}-${at}`;
  const page = await toSummaryPage(summary, { ...details, findPicture });
  expect(page.match(/<img src="data:,g\d-1"/g)).toHaveLength(4);
  expect(page).toMatch(/class="box version"\s+style="left:25.00%;top:0.00%;width:50.00%/);
  expect(await toSummaryPage(summary, details)).not.toContain('Some decisions');
});

it('escapes every name, runs nothing and fetches nothing', async () => {
  const page = await toSummaryPage(summary, details);
  expect(page).not.toContain('<img');
  expect(page).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
  expect(page).toContain(`default-src 'none'`);
  expect(page).not.toMatch(/<script|https?:|url\(/);
});

it('takes few decisions of each of many projects, and none once its room is taken', () => {
  expect(chooseSamples('p', groups, { projects: 10_000, shown: 59 })).toHaveLength(1);
  expect(chooseSamples('p', groups, { projects: 10_000, shown: 60 })).toEqual([]);
});
