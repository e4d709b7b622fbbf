import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRecord } from '@cullstream/contracts';
import { toSummary } from '@cullstream/report';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeSummary } from './write-summary.js';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'cullstream-summary-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

function recordOf(run: string): RunRecord {
  const model = { file: 'model.onnx', sha256: 'a'.repeat(64) };
  const features = { embedding: 'raw', dimensionScale: 2048 } as const;
  return {
    v: 1,
    run,
    createdAt: '2026-01-31T09:45:00.250Z',
    state: 'running',
    recipe: {
      id: '0123456789abcdef',
      embedding: { id: '0123456789abcdef', model, preprocessing: 'exact-1', precision: 'fp32' },
      ranker: { ...model, features },
      crop: { ...model, features },
    },
    notes: [],
    options: { minGroupSize: 2, timeGapMinutes: null, legacyCache: 'check' },
    projects: [],
    skipped: [],
    rejected: [],
    excluded: [],
    legacySamples: [],
    extractedAt: null,
    completedAt: null,
    summary: null,
  };
}

function write(run: string) {
  const record = recordOf(run);
  return writeSummary(data, record, toSummary(record, [], new Date()));
}

it('keeps the summaries of two runs that begin in the same second and end at once', async () => {
  const [first, second] = await Promise.all([
    write('20260131T094500Z-aaaa'),
    write('20260131T094500Z-bbbb'),
  ]);
  expect(first).toBe('ai_data/batch_predictions_summary_20260131T094500Z.json');
  expect(second).toBe('ai_data/batch_predictions_summary_20260131T094501Z.json');
  const owners = [first, second].map(
    (path) => (JSON.parse(readFileSync(join(data, path), 'utf8')) as { batch_id: string }).batch_id,
  );
  expect(owners).toEqual(['20260131T094500Z-aaaa', '20260131T094500Z-bbbb']);
});

it('writes a summary again under the name it had, and leaves nothing else', async () => {
  const path = await write('20260131T094500Z-aaaa');
  expect(await write('20260131T094500Z-aaaa')).toBe(path);
  expect(readdirSync(join(data, 'ai_data')).sort()).toEqual([
    'batch_predictions_summary_20260131T094500Z.html',
    'batch_predictions_summary_20260131T094500Z.json',
  ]);
});
