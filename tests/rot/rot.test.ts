import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectEmbeddingCache, openEmbeddingCache } from '@cullstream/cache';
import type { EmbeddingRecipe, VectorForm } from '@cullstream/contracts';
import { silentLog, waitFor } from '@cullstream/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpLastRun } from '../support/dump-databases.js';
import { makeExample, toRunArgs, type Example } from '../support/example.js';
import { runCli, type CliResult } from '../support/run-cli.js';
import { runInProcess } from '../support/run-in-process.js';
import { inflict, makeDamages } from './damage.js';

/** Seeds of the damages, from the environment: `npm run rot` sets it. */
const seeds = (process.env['ROT_SEEDS'] ?? '184').split(',').map(Number);
const isTold = process.env['ROT_TELL'] === '1';
/** Packs hold 32 vectors: so many groups have a few more. */
const GROUPS_PER_PROJECT = 4;
const WITHIN_MS = 180_000;

let folder: string;
let example: Example;
let recipe: EmbeddingRecipe;

/** The folder that is damaged: with vectors in files for even seeds, packed ones for odd seeds. */
const toForm = (seed: number): VectorForm => (seed % 2 === 0 ? 'files' : 'packed');
const toSound = (form: VectorForm) => join(folder, `sound-${form}`);

/** The vectors by name. Damaged ones that were set aside do not count. */
async function readVectors(data: string): Promise<Map<string, string | undefined>> {
  const embeddings = join(data, 'ai_data/embeddings');
  const names = readdirSync(embeddings).filter((name) => name.endsWith('.npy'));
  if (names.length > 0)
    return new Map(names.map((name) => [name, readFileSync(join(embeddings, name), 'base64')]));
  const cache = inspectEmbeddingCache({ dataDir: data, recipe, log: silentLog });
  const vectors = new Map<string, string | undefined>();
  for (const { hash, content } of await cache.listVectors())
    vectors.set(hash, (await cache.readVector(content?.sha256 ?? ''))?.join());
  return vectors;
}

/** Reads every vector, which copies it as soon as its file is two seconds old. */
async function fillPack(data: string): Promise<void> {
  const hasPack = async () => {
    const cache = await openEmbeddingCache({ dataDir: data, recipe, log: silentLog });
    for (const { content } of await cache.listVectors())
      if (content !== undefined) await cache.readVector(content.sha256);
    const names = readdirSync(join(data, 'ai_data/cache'));
    const pack = names.find((name) => name.endsWith('.pack')) ?? '';
    return statSync(join(data, 'ai_data/cache', pack)).size > 0 && pack !== '';
  };
  await waitFor(hasPack, { what: 'the packed copy', timeoutMs: 20_000, intervalMs: 500 });
}

/** The command neither crashes nor shows what is not meant for people. */
function expectPlain({ exitCode, stdout, stderr }: Omit<CliResult, 'signal'>, story: string): void {
  const said = `${story}\nexit code ${exitCode}\n${stdout}\n${stderr}`;
  expect(stderr, said).not.toMatch(/^ {4}at |nobody expected|panic|goroutine/m);
  expect([0, 1, 3], said).toContain(exitCode);
}

describe('a data folder whose files rot', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-rot-'));
    example = await makeExample(folder, GROUPS_PER_PROJECT);
    for (const form of new Set(seeds.map(toForm))) {
      const sound = toSound(form);
      const run = await runInProcess([...toRunArgs(example, sound), '--vectors', form]);
      expect(run.exitCode, run.stderr).toBe(1);
      const marker = readFileSync(join(sound, 'ai_data/embeddings/recipe.json'), 'utf8');
      ({ recipe } = JSON.parse(marker) as { recipe: EmbeddingRecipe });
      if (form === 'files') await fillPack(sound);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(seeds)(
    'is made whole, or says what is lost: seed %i',
    async (seed) => {
      const data = join(folder, `seed-${seed}`);
      const sound = toSound(toForm(seed));
      cpSync(sound, data, { recursive: true, preserveTimestamps: true });
      const damaged = makeDamages(seed).map(
        (damage) => `${damage.how}: ${damage.kind}, ${inflict(data, damage) ?? 'no such file'}`,
      );
      let story = `seed ${seed}\n${damaged.join('\n')}`;
      const tell = (what: string, { exitCode, stdout, stderr }: Omit<CliResult, 'signal'>) => {
        story += `\n${what}: exit code ${exitCode}\n${stdout}\n${stderr}`;
      };
      const [, ...given] = toRunArgs(example, data);
      try {
        const found = await runInProcess(['verify', ...given]);
        tell('verify', found);
        expectPlain(found, story);
        const repaired = await runCli(['verify', ...given, '--repair']);
        tell('verify --repair', repaired);
        expectPlain(repaired, story);
        let run = await runCli(toRunArgs(example, data));
        tell('run', run);
        if (run.exitCode === 3) {
          run = await runCli(toRunArgs(example, data));
          tell('run', run);
        }
        expectPlain(run, story);
        const proved = await runInProcess(['verify', ...given]);
        tell('verify', proved);
        expect(proved.exitCode, story).toBe(0);
        expect(dumpLastRun(data), story).toEqual(dumpLastRun(sound));
        expect(await readVectors(data), story).toEqual(await readVectors(sound));
      } finally {
        if (isTold) console.log(story);
        rmSync(data, { recursive: true, force: true });
      }
    },
    WITHIN_MS,
  );
});
