import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PermanentError, TransientError, type EmbeddingRecipe } from '@cullstream/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoreRequest } from './cache-types.js';
import { inspectEmbeddingCache, openEmbeddingCache } from './embedding-cache.js';
import { encodeIndexLine, parseIndexLine, type IndexLine } from './index-line.js';
import { encodeNpy } from './npy.js';

const RUN = '20260131T094500Z-k3x9';
const LATER_RUN = '20260201T094500Z-k3x9';
const recipe: EmbeddingRecipe = {
  id: '1111111111111111',
  model: { file: 'clip.onnx', sha256: 'a'.repeat(64) },
  preprocessing: 'exact-1',
  precision: 'fp32',
};
let dataDir: string;
let root: string;
let indexFile: string;
let warnings: string[];
const log = { warn: (_fields: object, message: string) => warnings.push(message) };
const open = (with_ = recipe) => openEmbeddingCache({ dataDir, recipe: with_, log });

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cullstream-cache-'));
  root = join(dataDir, 'ai_data/embeddings');
  indexFile = join(dataDir, 'ai_data/cache/processed_images.jsonl');
  warnings = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function image(name: string, change: Partial<StoreRequest> = {}): StoreRequest {
  const sha256 = createHash('sha256').update(name).digest('hex');
  return {
    alias: { project: 'dalia', entry: `${name}.png`, size: 1000, crc32: 77 },
    sha256,
    widthPx: 640,
    heightPx: 480,
    vector: Float32Array.from({ length: 512 }, (_, index) => Math.fround(index / 3)),
    run: RUN,
    origin: 'computed',
    ...change,
  };
}

const fileOf = ({ sha256 }: StoreRequest) => join(root, `${sha256.slice(0, 16)}.npy`);
const indexLines = () => readFileSync(indexFile, 'utf8').trimEnd().split('\n');

describe('the embedding cache', () => {
  it('knows nothing at first', async () => {
    const cache = await open();
    const { alias, sha256 } = image('a');
    expect(cache.findAlias(alias)).toBeUndefined();
    expect(cache.findContent(sha256)).toBeUndefined();
    expect(await cache.readVector(sha256)).toBeUndefined();
    expect(existsSync(indexFile)).toBe(false);
  });

  it('gives back what it stored, at once and after opening it again', async () => {
    const a = image('a');
    const cache = await open();
    await cache.store(a);
    for (const opened of [cache, await open()]) {
      const content = { sha256: a.sha256, widthPx: 640, heightPx: 480 };
      expect(opened.findAlias(a.alias)).toEqual({
        ...content,
        run: RUN,
        origin: 'computed',
        isChecked: true,
      });
      expect(opened.findContent(a.sha256)).toEqual(content);
      expect(await opened.readVector(a.sha256)).toEqual(a.vector);
    }
  });

  it('writes the file that numpy would, and nothing beside it', async () => {
    const a = image('a');
    await (await open()).store(a);
    expect(readFileSync(fileOf(a)).equals(encodeNpy(a.vector))).toBe(true);
    expect(readdirSync(root).sort()).toEqual(
      [`${a.sha256.slice(0, 16)}.npy`, 'recipe.json'].sort(),
    );
  });

  it.each([
    ['project', { project: 'other' }],
    ['name', { entry: 'b.png' }],
    ['size', { size: 1001 }],
    ['CRC-32', { crc32: 78 }],
  ])('does not take an image of another %s for the same', async (_what, change) => {
    const a = image('a');
    const cache = await open();
    await cache.store(a);
    expect(
      cache.findAlias({ project: 'dalia', entry: 'a.png', size: 1000, crc32: 77, ...change }),
    ).toBe(undefined);
  });

  it('knows a file of a folder by its modification time', async () => {
    const alias = {
      project: 'mojo3',
      entry: 'mojo3/a.png',
      size: 9,
      modifiedMs: 1751409600123.456,
    };
    const cache = await open();
    await cache.store(image('a', { alias }));
    const again = await open();
    expect(again.findAlias(alias)).toBeDefined();
    expect(again.findAlias({ ...alias, modifiedMs: alias.modifiedMs + 1 })).toBeUndefined();
  });

  it('keeps the same bytes under another name as one file and two lines', async () => {
    const a = image('a');
    const copy = { ...a, alias: { ...a.alias, entry: 'copy.png' }, origin: 'cached' as const };
    const cache = await open();
    await cache.store(a);
    await cache.store(copy);
    expect(cache.findAlias(copy.alias)?.sha256).toBe(a.sha256);
    expect(indexLines()).toHaveLength(2);
    expect(cache.stats()).toMatchObject({ aliases: 2, contents: 1 });
  });

  it('writes nothing when everything is known', async () => {
    const a = image('a');
    await (await open()).store(a);
    const before = readFileSync(indexFile);
    await (await open()).store({ ...a, run: LATER_RUN, origin: 'cached' });
    expect(readFileSync(indexFile).equals(before)).toBe(true);
  });

  it('knows which run read an image first, and how', async () => {
    const a = image('a');
    const copy = { ...a, alias: { ...a.alias, entry: 'copy.png' }, origin: 'cached' as const };
    const cache = await open();
    await cache.store(a);
    await cache.store(copy);
    const other = await open();
    expect(other.findAlias(a.alias)).toMatchObject({ run: RUN, origin: 'computed' });
    expect(other.findAlias(copy.alias)).toMatchObject({ run: RUN, origin: 'cached' });
  });

  it('follows what another process appends', async () => {
    const a = image('a');
    const watching = await open();
    await (await open()).store(a);
    expect(watching.findAlias(a.alias)?.sha256).toBe(a.sha256);
    expect(watching.findAlias(a.alias)?.origin).toBe('computed');
  });

  it('writes a vector again whose file is gone, with a line of the new run', async () => {
    const a = image('a');
    await (await open()).store(a);
    rmSync(fileOf(a));
    const cache = await open();
    expect(cache.findAlias(a.alias)).toBeDefined();
    expect(await cache.readVector(a.sha256)).toBeUndefined();
    await cache.store({ ...a, run: LATER_RUN });
    expect(await cache.readVector(a.sha256)).toEqual(a.vector);
    expect((await open()).findAlias(a.alias)).toMatchObject({
      run: LATER_RUN,
      origin: 'computed',
    });
  });

  it.each([
    ['short', (path: string) => truncateSync(path, 2175)],
    ['empty', (path: string) => truncateSync(path, 0)],
    ['too long', (path: string) => writeFileSync(path, Buffer.alloc(5000))],
    ['of another shape', (path: string) => writeFileSync(path, encodeNpy(new Float32Array(768)))],
    [
      'not finite',
      (path: string) => writeFileSync(path, encodeNpy(new Float32Array(512).fill(NaN))),
    ],
  ])('moves a vector aside that is %s', async (_what, damage) => {
    const a = image('a');
    const cache = await open();
    await cache.store(a);
    damage(fileOf(a));
    expect(await cache.readVector(a.sha256)).toBeUndefined();
    expect(existsSync(fileOf(a))).toBe(false);
    expect(existsSync(`${fileOf(a)}.corrupt`)).toBe(true);
    expect(warnings).toEqual(['a cached vector is damaged: computing it again']);
    await cache.store(a);
    expect(await cache.readVector(a.sha256)).toEqual(a.vector);
  });

  it('never gives the vector of other bytes that share the short digest', async () => {
    const a = image('a');
    const twin = image('b', { sha256: a.sha256.slice(0, 16) + 'f'.repeat(48) });
    const cache = await open();
    await cache.store(a);
    expect(await cache.readVector(twin.sha256)).toBeUndefined();
    expect(cache.findContent(twin.sha256)).toBeUndefined();
    await cache.store(twin);
    expect(await cache.readVector(a.sha256)).toEqual(a.vector);
    expect(warnings).toEqual(['two images share a short digest: the second is not cached']);
  });

  it('trusts neither of two contents that lines give one short digest', async () => {
    const a = image('a');
    const cache = await open();
    await cache.store(a);
    const twin = a.sha256.slice(0, 16) + 'f'.repeat(48);
    const line = parseIndexLine(indexLines()[0] ?? '') as IndexLine;
    writeFileSync(indexFile, encodeIndexLine({ ...line, sha256: twin }), { flag: 'a' });
    const again = await open();
    expect(await again.readVector(a.sha256)).toBeUndefined();
    expect(await again.readVector(twin)).toBeUndefined();
    expect(again.stats().ambiguousHashes).toBe(1);
  });

  it('skips torn lines anywhere and counts its own', async () => {
    const [a, b, c] = [image('a'), image('b'), image('c')];
    const cache = await open();
    for (const each of [a, b, c]) await cache.store(each);
    const [first = '', second = '', third = ''] = indexLines();
    writeFileSync(indexFile, `{"torn\n${first}\n${second.slice(0, -30)}\n\0\0${third}\n{"image`);
    const again = await open();
    const known = [a, b, c].map(({ alias }) => again.findAlias(alias) !== undefined);
    expect(known).toEqual([true, false, true]);
    expect(again.stats().unreadableLines).toBe(1);
    await again.store(b);
    expect((await open()).findAlias(b.alias)).toBeDefined();
  });

  it('keeps two recipes apart', async () => {
    const a = image('a');
    const other = { ...recipe, id: '2222222222222222', precision: 'int8' as const };
    const fp32 = await open();
    const int8 = await open(other);
    await fp32.store(a);
    expect(int8.findAlias(a.alias)).toBeUndefined();
    expect(await int8.readVector(a.sha256)).toBeUndefined();
    await int8.store({ ...a, vector: new Float32Array(512).fill(7) });
    expect(await fp32.readVector(a.sha256)).toEqual(a.vector);
    expect(indexLines()[1]).toContain(`embeddings/${other.id}/${a.sha256.slice(0, 16)}.npy"`);
  });

  it('lists its vectors with what the index knows of them', async () => {
    const a = image('a');
    const cache = await open();
    await cache.store(a);
    writeFileSync(join(root, 'ffffffffffffffff.npy'), 'legacy');
    writeFileSync(join(root, 'notes.txt'), '');
    expect(await cache.listVectors()).toEqual(
      [
        {
          hash: a.sha256.slice(0, 16),
          sizeBytes: 2176,
          content: { sha256: a.sha256, widthPx: 640, heightPx: 480 },
        },
        { hash: 'ffffffffffffffff', sizeBytes: 6, content: undefined },
      ].sort((one, two) => (one.hash < two.hash ? -1 : 1)),
    );
  });

  it.each([
    ['of another length', new Float32Array(511)],
    ['that is not finite', new Float32Array(512).fill(Infinity)],
  ])('refuses a vector %s', async (_what, vector) => {
    const cache = await open();
    await expect(cache.store(image('a', { vector }))).rejects.toThrow(PermanentError);
    expect(existsSync(indexFile)).toBe(false);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'says that the disk is full, as a passing fault',
    async () => {
      mkdirSync(join(dataDir, 'ai_data/cache'), { recursive: true });
      symlinkSync('/dev/full', indexFile);
      const storing = (await open()).store(image('a'));
      await expect(storing).rejects.toThrow(TransientError);
      await expect(storing).rejects.toThrow('the disk is full: make room');
    },
  );

  it('says that its folder is gone, as a passing fault', async () => {
    const cache = await open();
    rmSync(root, { recursive: true });
    const storing = cache.store(image('a'));
    await expect(storing).rejects.toThrow(TransientError);
    await expect(storing).rejects.toThrow('is the drive still connected?');
  });
});

describe('the embedding cache, opened for reading', () => {
  const inspect = () => inspectEmbeddingCache({ dataDir, recipe, log });

  it('writes nothing where there is no cache', async () => {
    const reader = inspect();
    expect(reader.findAlias(image('a').alias)).toBeUndefined();
    expect(await reader.readVector(image('a').sha256)).toBeUndefined();
    expect(await reader.listVectors()).toEqual([]);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('leaves a damaged vector where it is', async () => {
    const a = image('a');
    await (await open()).store(a);
    truncateSync(fileOf(a), 100);
    const reader = inspect();
    expect(await reader.readVector(a.sha256)).toBeUndefined();
    expect(existsSync(fileOf(a))).toBe(true);
    expect(reader.stats().damagedVectors).toBe(1);
  });
});
