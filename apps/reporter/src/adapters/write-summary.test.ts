import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unguardedFolder } from '@cullstream/files';
import type { Summary } from '@cullstream/report';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSummaryWriter, type WriteSummary } from './write-summary.js';

let data: string;
let writeSummary: WriteSummary;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'cullstream-summary-'));
  writeSummary = createSummaryWriter(data, unguardedFolder);
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const model = { file: 'model.onnx', sha256: 'a'.repeat(64), features: {} };
function makeSummary(run: string): Summary {
  return {
    batch_id: run,
    started_at: '2026-01-31T09:45:00.250Z',
    completed_at: '2026-01-31T09:46:00.000Z',
    total_duration_seconds: 59.75,
    models: { embedder: model, ranker: model, crop_proposer: model },
    results: { total_projects: 0, processed: 0, skipped: 0, failed: 0 },
    images: { total: 0, embedded: 0, cached: 0, failed: 0, ungrouped: 0 },
    groups: { total: 0, decided: 0, failed: 0 },
    projects: [],
    output_directory: 'training/ai_training_decisions',
    log_file: 'ai_data/batch_predictions_log.jsonl',
  };
}

const first = makeSummary('20260131T094500Z-aaaa');
const second = makeSummary('20260131T094500Z-bbbb');
const ofTheSecond = 'ai_data/batch_predictions_summary_20260131T094500Z.json';
const ofTheNext = 'ai_data/batch_predictions_summary_20260131T094501Z.json';
const read = (path: string) => readFileSync(join(data, path), 'utf8');

it('keeps the summaries of two runs that begin in the same second and end at once', async () => {
  const paths = await Promise.all([writeSummary(first), writeSummary(second)]);
  expect(paths).toEqual([ofTheSecond, ofTheNext]);
  expect(paths.map((path) => JSON.parse(read(path)) as unknown)).toEqual([first, second]);
});

it('writes a summary again under the name it had, and leaves nothing else', async () => {
  await writeSummary(first);
  expect(await writeSummary(first)).toBe(ofTheSecond);
  expect(readdirSync(join(data, 'ai_data')).sort()).toEqual([
    'batch_predictions_summary_20260131T094500Z.html',
    'batch_predictions_summary_20260131T094500Z.json',
  ]);
});

it('leaves a file that is of no run', async () => {
  mkdirSync(join(data, 'ai_data'));
  writeFileSync(join(data, ofTheSecond), 'somebody’s own');
  expect(await writeSummary(first)).toBe(ofTheNext);
  expect(read(ofTheSecond)).toBe('somebody’s own');
});
