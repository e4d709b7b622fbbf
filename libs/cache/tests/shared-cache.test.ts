import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { EmbeddingRecipe } from '@cullstream/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddingCache } from '../src/index.js';
import { CHUNK_BYTES } from '../src/vector-chunk.js';
import { VectorPack } from '../src/vector-pack.js';

const script = fileURLToPath(new URL('./store-many.js', import.meta.url));
const recipe = (id: string): EmbeddingRecipe => ({
  id,
  model: { file: 'clip.onnx', sha256: 'a'.repeat(64) },
  preprocessing: 'exact-1',
  precision: 'fp32',
});
const main = recipe('1111111111111111');
const log = { warn: () => undefined };
let dataDir: string;
let root: string;
let started: ChildProcess[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cullstream-shared-cache-'));
  root = join(dataDir, 'ai_data/embeddings');
  started = [];
});
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

function storeMany(with_: EmbeddingRecipe, from: number, to: number) {
  const child = spawn(
    process.execPath,
    [script, dataDir, JSON.stringify(with_), String(from), String(to)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  started.push(child);
  const folder = text(child.stdout).then((output) => output.trim());
  const exit = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  return { child, folder, exit };
}

const toSha256 = (number: number) => createHash('sha256').update(`image ${number}`).digest('hex');
const indexText = () => readFileSync(join(dataDir, 'ai_data/cache/processed_images.jsonl'), 'utf8');

describe('several processes on one cache', () => {
  it('store and append at once, and lose no vector and no line', async () => {
    const children = [storeMany(main, 0, 400), storeMany(main, 200, 600), storeMany(main, 0, 600)];
    expect(await Promise.all(children.map(({ exit }) => exit))).toEqual([0, 0, 0]);

    const cache = await openEmbeddingCache({ dataDir, recipe: main, log });
    expect(cache.stats()).toMatchObject({ aliases: 1400, contents: 600, unreadableLines: 0 });
    for (let number = 0; number < 600; number++) {
      const vector = await cache.readVector(toSha256(number));
      expect([number, vector?.[0], vector?.[511]]).toEqual([number, number, number]);
      expect(cache.findContent(toSha256(number))?.widthPx).toBe(number + 1);
    }
    // A process that finds an incomplete last line adds a line feed first, so there may be empty lines.
    const lines = indexText()
      .split('\n')
      .filter((line) => line !== '');
    expect(lines).toHaveLength(1400);
    expect(readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('fill one packed copy together', { timeout: 60_000 }, async () => {
    expect(await storeMany(main, 0, 600).exit).toBe(0);
    // Only files that are two seconds old are copied. Storing a vector again reads its file.
    await delay(2_100);
    const children = [storeMany(main, 0, 400), storeMany(main, 200, 600), storeMany(main, 0, 600)];
    expect(await Promise.all(children.map(({ exit }) => exit))).toEqual([0, 0, 0]);

    const pack = join(dataDir, 'ai_data/cache', `vectors-${main.id}.pack`);
    const { size } = statSync(pack);
    const copies = new VectorPack(pack, 'inspect', log);
    const copied = Array.from({ length: 600 }, (_, number) => {
      const hash = toSha256(number).slice(0, 16);
      const copy = copies.find(hash, statSync(join(root, `${hash}.npy`)).ctimeMs);
      return copy === undefined || copy.every((value) => value === number) ? copy : 'wrong';
    });
    expect(size % CHUNK_BYTES).toBe(0);
    expect(copied).not.toContain('wrong');
    expect(copied.filter((copy) => copy !== undefined).length).toBeGreaterThan(500);
  });

  it('agree on who owns the root, and every other recipe has its own folder', async () => {
    const ids = ['1', '2', '3'].map((digit) => digit.repeat(16));
    const children = [...ids, ...ids].map((id) => ({ id, ...storeMany(recipe(id), 0, 5) }));
    const claims = await Promise.all(
      children.map(async ({ id, folder }) => ({ id, folder: await folder })),
    );
    const owners = new Set(claims.filter(({ folder }) => folder === root).map(({ id }) => id));
    expect(owners.size).toBe(1);
    for (const { id, folder } of claims) {
      expect(folder).toBe(owners.has(id) ? root : join(root, id));
    }
  });

  it('leave nothing half done when one is killed', async () => {
    const { child, exit } = storeMany(main, 0, 1_000_000);
    const cache = await openEmbeddingCache({ dataDir, recipe: main, log });
    await expect.poll(() => cache.findContent(toSha256(50)), { timeout: 30_000 }).toBeDefined();
    child.kill('SIGKILL');
    expect(await exit).toBe('SIGKILL');

    const after = await openEmbeddingCache({ dataDir, recipe: main, log });
    const vectors = await after.listVectors();
    expect(vectors.length).toBeGreaterThan(50);
    expect(vectors.filter(({ sizeBytes }) => sizeBytes !== 2176)).toEqual([]);
    // The file comes before its line: at most the last one has none.
    expect(vectors.filter(({ content }) => content === undefined).length).toBeLessThanOrEqual(1);
    expect(after.stats().contents).toBeGreaterThanOrEqual(vectors.length - 1);
  });
});
