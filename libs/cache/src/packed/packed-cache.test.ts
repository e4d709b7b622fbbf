import {
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { image, recipe, useCacheFolder } from '../testing/cache-folder.js';
import { openEmbeddingCache } from '../embedding-cache.js';
import { ROW_BYTES } from './segment-reader.js';
import { SegmentWriter } from './segment-writer.js';

const folder = useCacheFolder('packed');
const { open } = folder;
const packedDir = () => join(folder.root, 'packed', recipe.id);
const pathsWith = (ending: string) =>
  readdirSync(packedDir())
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(packedDir(), name));
const onlyPath = (ending: string): string => {
  const [path = '', ...others] = pathsWith(ending);
  expect(others).toEqual([]);
  return path;
};
const numbered = (name: string, first: number) =>
  image(name, { vector: Float32Array.from({ length: 512 }, (_value, index) => first + index) });
const [a, b] = [numbered('a', 0), numbered('b', 1000)];

describe('packed vectors', () => {
  it('go to another segment when one has as many as it may have', async () => {
    const segments = new SegmentWriter(packedDir(), 2);
    const { dataDir, log } = folder;
    const cache = await openEmbeddingCache({ dataDir, recipe, log, vectors: 'packed', segments });
    const three = ['x', 'y', 'z'].map((name, index) => numbered(name, index));
    for (const each of three) await cache.store(each);
    const [x = a] = three;
    for (const entry of ['1.png', '2.png', '3.png']) {
      await cache.store({ ...x, alias: { ...x.alias, entry } });
    }
    expect(pathsWith('.f32').map((path) => statSync(path).size / ROW_BYTES)).toEqual([2, 1]);
    expect(pathsWith('.jsonl').map((path) => segments.isOwn(path))).toEqual([true, true, true]);
    const again = await open();
    for (const { sha256, vector } of three) expect(await again.readVector(sha256)).toEqual(vector);
  });

  it('are rows of one file, and the lines of another say which', async () => {
    const cache = await open();
    await cache.store(a);
    await cache.store(b);
    await cache.store({ ...a, alias: { ...a.alias, entry: 'copy.png' } });
    const bytes = readFileSync(onlyPath('.f32'));
    expect(bytes.byteLength).toBe(2 * ROW_BYTES);
    expect(bytes.readFloatLE(ROW_BYTES)).toBe(1000);
    const lines = readFileSync(onlyPath('.jsonl'), 'utf8').trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(parsed.map((line) => line['vector_row'])).toEqual([0, 1, 0]);
    expect(readdirSync(folder.root).sort()).toEqual(['packed', 'recipe.json']);
  });

  it('make no file while nothing is stored', async () => {
    const cache = await open();
    await cache.readVector(a.sha256);
    expect(readdirSync(folder.root)).toEqual(['recipe.json']);
  });

  it('of several writers do not come into each other’s files', async () => {
    const writers = await Promise.all([open(), open(), open()]);
    for (const [index, cache] of writers.entries()) await cache.store(numbered(`${index}`, index));
    expect(pathsWith('.f32')).toHaveLength(3);
    const cache = await open();
    for (const index of writers.keys()) {
      const { sha256, vector } = numbered(`${index}`, index);
      expect(await cache.readVector(sha256)).toEqual(vector);
    }
  });

  it('are found wherever the data folder is moved to', async () => {
    await (await open()).store(a);
    const moved = `${folder.dataDir}-moved`;
    renameSync(folder.dataDir, moved);
    folder.dataDir = moved;
    expect(await (await open()).readVector(a.sha256)).toEqual(a.vector);
  });

  it('that a killed writer left without a line are computed again', async () => {
    const cache = await open();
    await cache.store(a);
    await cache.store(b);
    const log = onlyPath('.jsonl');
    const text = readFileSync(log, 'utf8');
    truncateSync(log, text.length - 20);
    const again = await open();
    expect(again.findAlias(b.alias)).toBeUndefined();
    expect(await again.readVector(b.sha256)).toBeUndefined();
    expect(await again.readVector(a.sha256)).toEqual(a.vector);
    await again.store(b);
    expect(await (await open()).readVector(b.sha256)).toEqual(b.vector);
  });

  it.each([
    ['cut off', (path: string) => truncateSync(path, ROW_BYTES + 100)],
    ['overwritten', (path: string) => writeFileSync(path, Buffer.alloc(2 * ROW_BYTES, 7))],
    ['zero', (path: string) => writeFileSync(path, Buffer.alloc(2 * ROW_BYTES))],
  ])('that are %s are named, never used, and stored again elsewhere', async (_how, damage) => {
    const cache = await open();
    await cache.store(a);
    await cache.store(b);
    damage(onlyPath('.f32'));
    const again = await open();
    expect(await again.checkVector(b.sha256)).toBe('damaged');
    expect(await again.readVector(b.sha256)).toBeUndefined();
    expect(folder.warnings).toEqual(['a cached vector is damaged: computing it again']);
    await again.store(b);
    for (const opened of [again, await open()]) {
      expect(await opened.readVector(b.sha256)).toEqual(b.vector);
    }
    expect(pathsWith('.f32')).toHaveLength(2);
  });

  it('never give other values than were stored, whichever byte of a row is another', async () => {
    await (await open()).store(a);
    const path = onlyPath('.f32');
    const sound = readFileSync(path);
    for (let at = 0; at < ROW_BYTES; at += 31) {
      const bytes = Buffer.from(sound);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, bytes);
      expect([at, await (await open()).readVector(a.sha256)]).toEqual([at, undefined]);
    }
  });

  it('lose the image or say the same, whichever byte of its line is another', async () => {
    await (await open()).store(a);
    const path = onlyPath('.jsonl');
    const sound = readFileSync(path);
    const content = { sha256: a.sha256, widthPx: 640, heightPx: 480 };
    for (let at = 0; at < sound.length; at += 3) {
      const bytes = Buffer.from(sound);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, bytes);
      const cache = await open();
      expect([undefined, content]).toContainEqual(cache.findContent(a.sha256));
      expect([undefined, a.vector]).toContainEqual(await cache.readVector(a.sha256));
    }
  });

  it('that are deleted are computed again', async () => {
    const cache = await open();
    await cache.store(a);
    rmSync(onlyPath('.f32'));
    const again = await open();
    expect(await again.readVector(a.sha256)).toBeUndefined();
    expect(await again.checkVector(a.sha256)).toBe('absent');
    await again.store(a);
    expect(await again.readVector(a.sha256)).toEqual(a.vector);
  });

  it('go into new files where another folder has taken the place of the first', async () => {
    const cache = await open();
    await cache.store(a);
    rmSync(join(folder.root, 'packed'), { recursive: true });
    await cache.store(b);
    expect(await (await open()).readVector(b.sha256)).toEqual(b.vector);
  });
});
