import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDemoEncoderCheckpoint, writeDemoModels } from '@cullstream/inference';
import { drawPicture } from '@cullstream/examples';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runInProcess } from './support/run-in-process.js';

const USAGE = 2;
const ASSUMED = /quick-gelu is assumed for .*weights\.bin.*not known.*activation gelu/;

let folder: string;
let data: string;
let encoder: string;
/** Options of a run over one pair of images with weights that nobody knows. */
let common: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-activation-'));
  data = join(folder, 'data');
  encoder = join(folder, 'weights.bin');
  await buildDemoEncoderCheckpoint({
    ...{ seed: 3, size: 'small', format: 'torch-zip' },
    path: encoder,
  });
  const { ranker, crop } = await writeDemoModels(join(folder, 'models'));
  const originals = join(folder, 'originals');
  mkdirSync(join(originals, 'pair'), { recursive: true });
  for (const [variant, stage] of ['stage1_generated', 'stage2_upscaled'].entries()) {
    const size = { widthPx: 64, heightPx: 64 };
    const picture = await drawPicture({ scene: 1, variant, ...size, format: 'png' });
    writeFileSync(join(originals, 'pair', `20250701_12000${variant}_${stage}.png`), picture);
  }
  common = [
    ...['--originals', originals, '--data', data, '--cache', join(folder, 'cache')],
    ...['--embedder', encoder, '--ranker', ranker, '--crop', crop],
  ];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Summary {
  readonly notes: readonly string[];
  readonly models: { readonly embedder: { readonly features: object } };
  readonly images: { readonly embedded: number; readonly cached: number };
}

interface PlanDocument {
  readonly recipes: { readonly embedding: string; readonly activation?: string };
  readonly notes: readonly string[];
}

async function plan(...more: string[]): Promise<PlanDocument> {
  const { exitCode, stdout, stderr } = await runInProcess(['plan', ...common, '--json', ...more]);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as PlanDocument;
}

async function run(...more: string[]): Promise<{ summary: Summary; stderr: string }> {
  const { exitCode, stdout, stderr } = await runInProcess(['run', ...common, '--json', ...more]);
  expect(exitCode, stderr).toBe(0);
  return { summary: JSON.parse(stdout) as Summary, stderr };
}

/** Cached vectors by folder, the root of the cache being the first recipe's. */
function vectorsByFolder(): number[] {
  const embeddings = join(data, 'ai_data/embeddings');
  const folders = readdirSync(embeddings, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(embeddings, name));
  const count = (path: string) => readdirSync(path).filter((name) => name.endsWith('.npy')).length;
  return [embeddings, ...folders].map((path) => count(path)).filter((vectors) => vectors > 0);
}

describe('weights whose activation nobody knows', () => {
  it('are planned with what is said, and the plan says what is assumed', async () => {
    const assumed = await plan();
    const usual = await plan('--activation', 'quick-gelu');
    const exact = await plan('--activation', 'gelu');
    expect(assumed.notes).toEqual([expect.stringMatching(ASSUMED)]);
    expect([...usual.notes, ...exact.notes]).toEqual([]);
    expect(usual.recipes).toEqual(assumed.recipes);
    expect(exact.recipes.embedding).not.toBe(usual.recipes.embedding);
    expect(exact.recipes.activation).toBe('gelu');
  });

  it('say it in `run` and its summary, and never share vectors with the other activation', async () => {
    const assumed = await run();
    expect(assumed.stderr.replaceAll(/\s+/g, ' ')).toMatch(ASSUMED);
    expect(assumed.summary.notes).toEqual([expect.stringMatching(ASSUMED)]);
    const exact = await run('--activation', 'gelu');
    expect(exact.stderr).not.toContain('assumed');
    expect(exact.summary).toMatchObject({
      notes: [],
      models: { embedder: { features: { activation: 'gelu' } } },
      images: { embedded: 2, cached: 0 },
    });
    expect(vectorsByFolder()).toEqual([2, 2]);
  });

  it('say it when they are imported and checked', async () => {
    const own = ['--data', join(folder, 'own'), '--cache', join(folder, 'cache')];
    const imported = await runInProcess(['models', 'import', encoder, ...own]);
    expect(imported.stdout).toMatch(ASSUMED);
    // A run would lack the other two.
    const checked = await runInProcess(['models', 'check', ...own]);
    expect(checked.exitCode, checked.stderr).toBe(USAGE);
    expect(checked.stdout).toMatch(ASSUMED);
    const told = await runInProcess(['models', 'check', ...own, '--activation', 'gelu', '--json']);
    expect(JSON.parse(told.stdout)).toMatchObject({
      models: [{ recipe: { activation: 'gelu' } }],
      notes: [],
    });
  });

  it('keep what is said at their import, which runs go by', async () => {
    const own = ['--data', join(folder, 'told'), '--cache', join(folder, 'cache')];
    const asGelu = ['models', 'import', encoder, ...own, '--name', 'clip-own', '--activation'];
    const imported = await runInProcess([...asGelu, 'gelu', '--json']);
    expect(imported.exitCode, imported.stderr).toBe(0);
    const { path, notes } = JSON.parse(imported.stdout) as { path: string; notes: string[] };
    expect(notes).toEqual([]);
    const checked = await runInProcess(['models', 'check', ...own, '--json']);
    expect(JSON.parse(checked.stdout)).toMatchObject({
      models: [{ recipe: { activation: 'gelu' } }],
    });
    const again = await runInProcess([...asGelu, 'quick-gelu']);
    expect(again.exitCode).toBe(USAGE);
    expect(again.stderr).toContain(`${path}.json is there with other content`);
  });

  it('have no activation that could be said where they are no image encoder', async () => {
    const [ranker] = common.slice(common.indexOf('--ranker') + 1);
    const own = ['--data', join(folder, 'told'), '--activation', 'gelu'];
    const { exitCode, stderr } = await runInProcess(['models', 'import', ranker ?? '', ...own]);
    expect(exitCode).toBe(USAGE);
    expect(stderr).toContain('--activation is of image encoders, and this is a ranker');
  });

  it.each([
    ['plan', (): string[] => common],
    ['models check', (): string[] => ['--embedder', encoder, '--data', data]],
  ])('are refused by `%s` when their sidecar says another one', async (command, options) => {
    writeFileSync(`${encoder}.json`, '{"activation":"quick-gelu"}');
    const args = [...command.split(' '), ...options(), '--activation', 'gelu'];
    const { exitCode, stderr } = await runInProcess(args);
    rmSync(`${encoder}.json`);
    expect(exitCode).toBe(USAGE);
    expect(stderr).toMatch(/--activation gelu, but .*weights\.bin\.json says quick-gelu/);
  });
});
