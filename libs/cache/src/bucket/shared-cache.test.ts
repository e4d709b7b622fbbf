import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, TransientError } from '@cullstream/contracts';
import { forgetClient } from '@cullstream/object-storage';
import { describe, expect, it, vi } from 'vitest';
import { NEVER_MS, useCacheBucket } from '../../tests/cache-bucket.js';
import { openEmbeddingCache } from '../embedding-cache.js';
import { openSharedSelfCheck } from './shared-self-check.js';
import { exportVectors } from '../packed/export-vectors.js';
import { image, recipe } from '../testing/cache-folder.js';

const bucket = useCacheBucket();
const { warnings } = bucket;
const open = () => bucket.open();

/** The only object of the bucket with this ending. */
async function findObject(ending: string): Promise<string> {
  const keys = (await bucket.server().keys()).filter(
    (key) => key.startsWith(bucket.prefix) && key.endsWith(ending),
  );
  expect(keys).toHaveLength(1);
  return keys[0] ?? '';
}

async function storeOnOneMachine(...names: string[]) {
  const shared = await bucket.openShared();
  const images = names.map((name, index) =>
    image(name, { vector: new Float32Array(512).fill(index + 1) }),
  );
  for (const each of images) await shared.cache.store(each);
  await shared.put();
  return { shared, images };
}

describe('a cache in a bucket', () => {
  it('loses nothing of a process that is killed before it has put anything', async () => {
    const a = image('a');
    await bucket.storeAndDie(100, a);
    expect((await open()).findAlias(a.alias)).toBeUndefined();
    const next = await bucket.openShared(100);
    expect(await next.cache.readVector(a.sha256)).toEqual(a.vector);
    await next.close();
    expect(await (await open()).readVector(a.sha256)).toEqual(a.vector);
  });

  it('puts what was packed before there was a bucket', async () => {
    const a = image('a');
    const dataDir = bucket.toDataDir(100);
    const local = await openEmbeddingCache({
      ...bucket.toOptions(100),
      dataDir,
      vectors: 'packed',
    });
    await local.store(a);
    await bucket.openShared(100);
    expect(await (await open()).readVector(a.sha256)).toEqual(a.vector);
  });

  it('follows a segment that grows', async () => {
    const { shared, images } = await storeOnOneMachine('a');
    const other = await open();
    expect(await other.readVector(images[0]?.sha256 ?? '')).toEqual(images[0]?.vector);
    const b = image('b');
    await shared.cache.store(b);
    await expect.poll(() => other.findAlias(b.alias)?.sha256).toBe(b.sha256);
    expect(await other.readVector(b.sha256)).toEqual(b.vector);
    expect(warnings).toEqual([]);
  });

  it('reads a vector of a segment that has grown since it was listed', async () => {
    const { shared, images } = await storeOnOneMachine('a');
    const other = await bucket.openShared(undefined, recipe, NEVER_MS);
    await shared.cache.store(image('b'));
    await shared.put();
    expect(await other.cache.readVector(images[0]?.sha256 ?? '')).toEqual(images[0]?.vector);
  });

  it.each([
    ['has another bit', (bytes: Buffer) => bytes.with(2048 + 9, (bytes[2048 + 9] ?? 0) ^ 1)],
    ['is cut off', (bytes: Buffer) => bytes.subarray(0, 3000)],
  ])(
    'never gives a vector of an object that %s, names it, and stores it anew',
    async (_what, damage) => {
      const { images } = await storeOnOneMachine('a', 'b');
      const [a = image('a'), b = image('b')] = images;
      const key = await findObject('.f32');
      await bucket.server().put(key, damage(await bucket.server().get(key)));
      const other = await open();
      expect(await other.readVector(a.sha256)).toEqual(a.vector);
      expect(await other.checkVector(b.sha256)).toBe('damaged');
      expect(await other.readVector(b.sha256)).toBeUndefined();
      expect(warnings).toEqual(['a cached vector is damaged: computing it again']);
      await other.store(b);
      expect(await (await open()).readVector(b.sha256)).toEqual(b.vector);
    },
  );

  it('leaves out lines that are damaged, says so, and keeps the others', async () => {
    const { images } = await storeOnOneMachine('a', 'b');
    const [a = image('a'), b = image('b')] = images;
    const key = await findObject('.jsonl');
    const lines = await bucket.server().get(key);
    await bucket.server().put(key, lines.with(40, (lines[40] ?? 0) ^ 1));
    const other = await open();
    expect(other.findAlias(a.alias)).toBeUndefined();
    expect(await other.readVector(b.sha256)).toEqual(b.vector);
    expect(warnings).toEqual([expect.stringContaining('1 line of the cache index damaged')]);
  });

  it('reads lines again that are damaged only in the local copy', async () => {
    const { images } = await storeOnOneMachine('a');
    const [a = image('a')] = images;
    await bucket.inspect(7);
    const mirrors = join(bucket.folder, 'cache-7/vectors');
    const mirror = join(mirrors, readdirSync(mirrors)[0] ?? '');
    const log = join(mirror, readdirSync(mirror).find((name) => name.endsWith('.jsonl')) ?? '');
    const lines = readFileSync(log);
    writeFileSync(log, lines.with(40, (lines[40] ?? 0) ^ 1));
    const { cache } = await bucket.openShared(7);
    expect(cache.findAlias(a.alias)?.sha256).toBe(a.sha256);
    expect(warnings).toEqual([]);
  });

  it('says which lines are cut off, and puts them again from where they were written', async () => {
    const { images } = await storeOnOneMachine('a', 'b');
    const [a = image('a'), b = image('b')] = images;
    const key = await findObject('.jsonl');
    const lines = await bucket.server().get(key);
    await bucket.server().put(key, lines.subarray(0, -50));
    const other = await open();
    expect(other.findAlias(a.alias)?.sha256).toBe(a.sha256);
    expect(other.findAlias(b.alias)).toBeUndefined();
    // The first machine may have seen it, too.
    expect(new Set(warnings)).toEqual(new Set([expect.stringContaining('is cut off')]));
    const again = await bucket.openShared(0);
    await again.put();
    expect((await bucket.server().get(key)).equals(lines)).toBe(true);
  });

  it('computes what is gone from the bucket again', async () => {
    const { images } = await storeOnOneMachine('a');
    const [a = image('a')] = images;
    const other = await open();
    await bucket.server().remove(await findObject('.f32'));
    expect(await other.readVector(a.sha256)).toBeUndefined();
    expect(await other.checkVector(a.sha256)).toBe('absent');
  });

  it('goes on while the bucket is away, says so once, and puts what it has when it is back', async () => {
    const { cache } = await bucket.openShared();
    const { images } = await storeOnOneMachine('old');
    await expect.poll(() => cache.findContent(images[0]?.sha256 ?? '')).toBeDefined();
    bucket.server().fail({ always: 'cut' });
    const a = image('a');
    await cache.store(a);
    expect(await cache.readVector(a.sha256)).toEqual(a.vector);
    await expect.poll(() => warnings.length, { timeout: 10_000 }).toBeGreaterThan(0);
    await expect(cache.readVector(images[0]?.sha256 ?? '')).rejects.toBeInstanceOf(TransientError);
    bucket.server().fail([]);
    expect(new Set(warnings)).toEqual(new Set([expect.stringContaining('cannot be used now')]));
    expect(await cache.readVector(images[0]?.sha256 ?? '')).toEqual(images[0]?.vector);
    expect(await (await open()).readVector(a.sha256)).toEqual(a.vector);
  });

  it('refuses credentials that are wrong, and says which setting it is about', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'nobody');
    forgetClient();
    const opened = bucket.openShared();
    await expect(opened).rejects.toBeInstanceOf(ConfigurationError);
    await expect(opened).rejects.toThrow(
      /^‹vectors›: s3:.*the credentials of the storage are wrong/,
    );
    await expect(bucket.inspect()).rejects.toThrow('the credentials of the storage are wrong');
    vi.stubEnv('AWS_ACCESS_KEY_ID', bucket.server().environment['AWS_ACCESS_KEY_ID']);
    forgetClient();
  });

  it('is looked at without writing into data folder or bucket', async () => {
    const { images } = await storeOnOneMachine('a');
    bucket.server().fail([]);
    const cache = await bucket.inspect(8);
    expect(await cache.readVector(images[0]?.sha256 ?? '')).toEqual(images[0]?.vector);
    expect(existsSync(bucket.toDataDir(8))).toBe(false);
    const methods = new Set(bucket.server().requests.map(({ method }) => method));
    expect(methods).toEqual(new Set(['GET']));
    expect((await cache.listVectors()).map(({ hash }) => hash)).toEqual([
      images[0]?.sha256.slice(0, 16),
    ]);
  });

  it('keeps the self-check that it was begun with, and replaces one that is damaged', async () => {
    const { vectors } = bucket.toOptions(0);
    const shared = openSharedSelfCheck(vectors, recipe);
    const made = (value: number) => ({
      madeBy: { onnxruntime: '1' },
      vectors: [{ image: 'a'.repeat(64), vector: new Float32Array(512).fill(value) }],
    });
    expect(await shared.readOr(made(1))).toEqual(made(1));
    expect(await shared.readOr(made(2))).toEqual(made(1));
    await bucket.server().put(await findObject('self-check.json'), Buffer.from('{"recipe":'));
    expect(await shared.readOr(made(3))).toEqual(made(3));
  });

  it('is exported into another data folder', async () => {
    const { images } = await storeOnOneMachine('a', 'b');
    const { dataDir, cacheDir, vectors, log } = bucket.toOptions(9);
    mkdirSync(dataDir);
    const exported = await exportVectors({ dataDir, cacheDir, vectors, log });
    expect(exported).toMatchObject([{ recipe, images: 2, written: 2, damaged: 0 }]);
    const files = await openEmbeddingCache({ ...bucket.toOptions(9), vectors: 'files' });
    for (const { sha256, vector } of images) {
      expect(await files.readVector(sha256)).toEqual(vector);
    }
  });
});
