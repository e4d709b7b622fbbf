import { spawnSync } from 'node:child_process';
import fs, { mkdtempSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TransientError, type EmbeddingRecipe } from '@cullstream/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { StoreRequest } from './cache-types.js';
import { openEmbeddingCache } from './embedding-cache.js';

const BLOCK_BYTES = 4_096;
const IMAGES = 60;

const recipe: EmbeddingRecipe = {
  id: '1111111111111111',
  model: { file: 'clip.onnx', sha256: 'a'.repeat(64) },
  preprocessing: 'exact-1',
  precision: 'fp32',
};
const toImage = (number: number): StoreRequest => ({
  alias: { project: 'dalia', entry: `${number}.png`, size: 1_000, crc32: number },
  sha256: number.toString(16).padStart(4, '0').repeat(16),
  widthPx: 640,
  heightPx: 480,
  vector: Float32Array.from({ length: 512 }, (_value, at) => at + number),
  run: '20260131T094500Z-k3x9',
  origin: 'computed',
});
const images = Array.from({ length: IMAGES }, (_, number) => toImage(number));

const { readSync, writeSync, openSync } = fs;
let dataDir: string;
let warnings: string[];
const open = () =>
  openEmbeddingCache({
    dataDir,
    recipe,
    log: { warn: (_fields, message) => void warnings.push(message) },
  });

/** Makes reading the block with that byte of a file fail, as on a disk with a bad sector. */
function loseBlock(ending: string, byte: number, { writes = false } = {}): void {
  const bad = new Set<number>();
  const fault = () => Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
  fs.openSync = (path, ...rest) => {
    const file = openSync(path, ...rest);
    if (String(path).endsWith(ending)) bad.add(file);
    else bad.delete(file);
    return file;
  };
  fs.readSync = ((file: number, into: Buffer, at: number, length: number, from: number) => {
    const block = byte - (byte % BLOCK_BYTES);
    const isHit = from < block + BLOCK_BYTES && from + length > block;
    if (bad.has(file) && isHit) throw fault();
    return readSync(file, into, at, length, from);
  }) as typeof readSync;
  fs.writeSync = ((file: number, ...rest: [Buffer]) => {
    if (bad.has(file) && writes) throw fault();
    return writeSync(file, ...rest);
  }) as typeof writeSync;
  syncBuiltinESMExports();
}

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'cullstream-sector-'));
  warnings = [];
  const cache = await open();
  for (const image of images) await cache.store(image);
});
afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(fs, { readSync, writeSync, openSync });
  syncBuiltinESMExports();
  rmSync(dataDir, { recursive: true, force: true });
});

it('a bad sector in the index costs the lines in it, and is said', async () => {
  loseBlock('processed_images.jsonl', 2 * BLOCK_BYTES);
  const cache = await open();
  const lost = images.filter(({ alias }) => cache.findAlias(alias) === undefined);
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.length).toBeLessThan(IMAGES / 2);
  expect(warnings).toEqual([expect.stringMatching(/lines? of the cache index .*unreadable/)]);
});

it('where none can be written, images are done all the same after five tries in eight seconds, and it is said', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  loseBlock('processed_images.jsonl', 0, { writes: true });
  const cache = await open();
  const [image] = images;
  if (image === undefined) throw new Error('no images');
  for (const nowMs of [0, 1, 2, 7_000, 7_999]) {
    clock.mockReturnValue(nowMs);
    await expect(cache.store(image)).rejects.toThrow(TransientError);
  }
  expect(warnings.filter((text) => text.includes('takes no lines'))).toEqual([]);
  clock.mockReturnValue(8_000);
  await cache.store(image);
  expect(cache.findAlias(image.alias)?.sha256).toBe(image.sha256);
  expect(warnings).toContainEqual(expect.stringContaining('the cache index takes no lines'));
});

it('an error that passes costs no line', async () => {
  loseBlock('processed_images.jsonl', 0, { writes: true });
  const cache = await open();
  const late = toImage(IMAGES);
  await expect(cache.store(late)).rejects.toThrow(TransientError);
  Object.assign(fs, { readSync, writeSync, openSync });
  syncBuiltinESMExports();
  await cache.store(late);
  expect((await open()).findAlias(late.alias)?.sha256).toBe(late.sha256);
});

it('one in the packed copy costs the copy: vectors come from their files', async () => {
  loseBlock('.pack', 0);
  const cache = await open();
  for (const { sha256, vector } of images) expect(await cache.readVector(sha256)).toEqual(vector);
});

it.skipIf(process.platform === 'win32')(
  'a pipe in the place of the index takes no lines, and holds nothing up',
  async () => {
    const path = join(dataDir, 'ai_data/cache/processed_images.jsonl');
    rmSync(path);
    spawnSync('mkfifo', [path]);
    const cache = await open();
    for (const image of images) await cache.store(image);
    expect(warnings.filter((text) => text.includes('takes no lines'))).toHaveLength(1);
  },
);
