import { describe, expect, it } from 'vitest';
import { inspectEmbeddingCache } from './embedding-cache.js';
import { useCacheBucket } from '../tests/cache-bucket.js';
import { image, recipe, RUN, useCacheFolder } from './testing/cache-folder.js';

const otherRecipe = { ...recipe, id: '2222222222222222', precision: 'int8' as const };

/** All that a cache has to do, wherever its vectors are. */
function testCache({
  open,
  warnings,
}: Pick<ReturnType<typeof useCacheFolder>, 'open' | 'warnings'>) {
  it('knows nothing at first', async () => {
    const cache = await open();
    const { alias, sha256 } = image('a');
    expect(cache.findAlias(alias)).toBeUndefined();
    expect(cache.findContent(sha256)).toBeUndefined();
    expect(await cache.readVector(sha256)).toBeUndefined();
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
    await expect.poll(() => watching.findAlias(a.alias)?.sha256).toBe(a.sha256);
    expect(watching.findAlias(a.alias)?.origin).toBe('computed');
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

  it('keeps two recipes apart', async () => {
    const a = image('a');
    const [fp32, int8] = [await open(), await open(otherRecipe)];
    await fp32.store(a);
    expect(int8.findAlias(a.alias)).toBeUndefined();
    expect(await int8.readVector(a.sha256)).toBeUndefined();
    await int8.store({ ...a, vector: new Float32Array(512).fill(7) });
    expect(await fp32.readVector(a.sha256)).toEqual(a.vector);
    expect(await (await open(otherRecipe)).readVector(a.sha256)).not.toEqual(a.vector);
  });
}

describe.each([
  ['files', 'packed'],
  ['packed', 'files'],
] as const)('the embedding cache with vectors in the form %s', (form, other) => {
  const folder = useCacheFolder(form);
  const { open } = folder;
  testCache(folder);

  it('gives what is there in the other form, and stores it no second time', async () => {
    const a = image('a');
    await (await open(recipe, other)).store(a);
    const cache = await open();
    expect(cache.findAlias(a.alias)).toMatchObject({ sha256: a.sha256, isChecked: true });
    expect(await cache.readVector(a.sha256)).toEqual(a.vector);
    expect(await cache.checkVector(a.sha256)).toBe('sound');
    const b = image('b');
    await cache.store(b);
    const inspected = inspectEmbeddingCache({
      dataDir: folder.dataDir,
      recipe,
      log: folder.log,
    });
    for (const { alias, sha256, vector } of [a, b]) {
      expect(inspected.findAlias(alias)?.sha256).toBe(sha256);
      expect(await inspected.readVector(sha256)).toEqual(vector);
    }
    expect((await inspected.listVectors()).map(({ content }) => content?.sha256).sort()).toEqual(
      [a.sha256, b.sha256].sort(),
    );
    expect(folder.warnings).toEqual([]);
  });
});

describe('the embedding cache with vectors in a bucket, opened in another data folder each time', () => {
  testCache(useCacheBucket());
});
