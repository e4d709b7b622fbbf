import { mkdirSync, mkdtempSync, copyFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDemoCheckpoints, buildDemoEncoderCheckpoint } from '@cullstream/inference';
import { readVersions } from '@cullstream/store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { pretendFailures } from './support/pretend-failures.js';
import { runInProcess } from './support/run-in-process.js';

const USAGE = 2;

let folder: string;
let example: Example;
let data: string;
let run: string;

const database = () => join(data, 'training/ai_training_decisions/second.db');
const inPlace = () => ['--data', data, '--cache', join(folder, 'cache')];
const versions = () => readVersions(database(), 'second');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-recalled-'));
  data = join(folder, 'data');
  const made = await makeExample(folder, 2);
  const embedder = join(folder, 'models', 'tower.pt');
  const format = 'torch-zip';
  await buildDemoEncoderCheckpoint({ seed: 5, size: 'small', path: embedder, format });
  example = { ...made, models: { ...made.models, embedder } };
  const use = ['--activation', 'gelu', '--precision', 'int8', '--features', 'legacy-batch'];
  const args = [...toRunArgs(example, data), '--cache', join(folder, 'cache')];
  const first = await runInProcess([...args, ...use, '--only', 'second', '--json']);
  expect(first.exitCode, first.stderr).toBe(0);
  run = versions()[0]?.newestCompleted?.run ?? '';
  // What a command would take that knew nothing of the run.
  const usual = join(data, 'ai_data/models');
  const others = await buildDemoCheckpoints({ seed: 6, dir: join(folder, 'others') });
  mkdirSync(usual, { recursive: true });
  copyFileSync(others.ranker, join(usual, 'ranker_v4.pt'));
  copyFileSync(others.crop, join(usual, 'crop_proposer_v3.pt'));
  copyFileSync(made.models.embedder, join(usual, 'clip.onnx'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a replay is by the models of its run where none is named, and says so', async () => {
  const { exitCode, stderr } = await runInProcess(['replay', ...inPlace()]);
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toContain(
    `image encoder tower.pt, ranker demo_ranker.pt, crop proposer demo_crop_proposer.pt: as in run ${run}`,
  );
  expect(versions()).toHaveLength(1);
  expect(versions()[0]?.runs).toHaveLength(2);
});

it('what is named is taken, and the rest from the run', async () => {
  const ranker = join(data, 'ai_data/models/ranker_v4.pt');
  const { exitCode, stderr } = await runInProcess(['replay', ...inPlace(), '--ranker', ranker]);
  expect(exitCode, stderr).toBe(0);
  const [before, after] = versions().map(({ recipe }) => recipe);
  expect(after?.ranker.file).toBe('ranker_v4.pt');
  expect(after).toMatchObject({ embedding: before?.embedding, crop: before?.crop });
  expect(before?.embedding).toMatchObject({ precision: 'int8', activation: 'gelu' });
});

it('a retry is by the models of the run that gave the image up', async () => {
  pretendFailures(database(), 1);
  const originals = ['--originals', example.originals];
  const retried = await runInProcess(['dead', 'retry', ...inPlace(), ...originals, '--json']);
  expect(retried.exitCode, retried.stderr).toBe(0);
  expect(JSON.parse(retried.stdout)).toEqual({ tried: 1, repaired: 1, failed: [] });
  expect(versions()).toHaveLength(2);
});

it('weights that are nowhere any more are asked for by name and digest', async () => {
  const { crop } = example.models;
  renameSync(crop, `${crop}.away`);
  const { exitCode, stderr } = await runInProcess(['replay', ...inPlace()]);
  renameSync(`${crop}.away`, crop);
  expect(exitCode).toBe(USAGE);
  const { sha256 } = versions()[0]?.recipe.crop ?? { sha256: 'none' };
  expect(stderr).toContain(`crop proposer demo_crop_proposer.pt (SHA-256 ${sha256.slice(0, 12)})`);
  expect(stderr).toContain('name it with --crop');
});
