import { expect, it } from 'vitest';
import type { Evaluation } from '../evaluation.js';
import type { JudgedGroup } from '../judged-group.js';
import { findWorst } from '../measures/disagreements.js';
import { measure } from '../measures/measure.js';
import { toEvaluationPage } from './evaluation-page.js';
import { toPicturesOfEvaluation } from './pictures-of-evaluation.js';

const hostile = '<img src=x onerror="alert(1)">';
const box = [0.1, 0.2, 0.6, 0.7] as const;
const all = [0, 0, 1, 1] as const;

const group = (groupId: string, picked: number): JudgedGroup => ({
  ...{ project: hostile, groupId, images: [`${hostile}.png`, 'b.png'], truth: 'finals' },
  ...{ action: 'crop', picked, confidence: 0.9, pickedCrop: all, chosen: 0, chosenCrop: box },
  proposal: all,
  constantBoxes: { all: box, sameAspect: box, isFallback: false },
});

const groups = [group('g<1>', 1), group('g2', 0)];
const measures = measure({ judged: groups, others: { rejected: 1, unknown: 0, undecided: 0 } });
const model = {
  ...{ file: `${hostile}.pt`, sha256: 'ab'.repeat(32) },
  features: { embedding: 'raw', dimensionScale: 1 },
} as const;

const evaluation: Evaluation = {
  ...{ trainedOn: ['winter'], unknownTrainedOn: [], withoutTruth: [hostile] },
  versions: [
    {
      ...{ version: 'aaaa', trainedOn: ['spring'], ranker: model, crop_proposer: model },
      embedder: {
        ...{ id: 'e', model: { file: 'e.pt', sha256: 'cd'.repeat(32) } },
        ...({ preprocessing: 'exact', precision: 'fp32' } as const),
      },
      projects: [
        {
          ...{ project: hostile, isTrainedOn: false, run: 'r', completedAt: null },
          ...{ firstChoiceAt: '2026-01-01T00:00:00Z', lastChoiceAt: '2026-01-02T00:00:00Z' },
          ...measures,
        },
      ],
      ...{ total: measures, untrained: measures, notCompleted: [], worst: findWorst(groups) },
    },
  ],
};

it('escapes whatever projects, images and models are called', async () => {
  const page = await toEvaluationPage(evaluation, () => undefined);
  expect(page).not.toContain('<img');
  expect(page).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
  expect(page).toContain('g&lt;1&gt;');
});

it('shows both boxes over the picture of the image that the person chose', async () => {
  const page = await toEvaluationPage(evaluation, ({ groupId }, at) => `data:,${groupId}-${at}`);
  expect(page).toContain('<img src="data:,g2-0"');
  expect(page).toMatch(
    /class="box version"\s+style="left:0.00%;top:0.00%;width:100.00%;height:100.00%"/,
  );
  expect(page).toMatch(
    /class="box person"\s+style="left:10.00%;top:20.00%;width:50.00%;height:50.00%"/,
  );
});

it('runs nothing and fetches nothing', async () => {
  const page = await toEvaluationPage(evaluation, () => undefined);
  expect(page).toContain(`default-src 'none'`);
  expect(page).not.toMatch(/<script|https?:|url\(/);
});

it('needs the pictures of what it shows, and of nothing else', () => {
  expect(toPicturesOfEvaluation(evaluation)).toEqual([
    {
      ...{ project: hostile, run: 'r' },
      images: [
        { groupId: 'g<1>', position: 1 },
        { groupId: 'g<1>', position: 0 },
        { groupId: 'g<1>', position: 1 },
        { groupId: 'g<1>', position: 0 },
        { groupId: 'g2', position: 0 },
        { groupId: 'g2', position: 0 },
      ],
    },
  ]);
});
