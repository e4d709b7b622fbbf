import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PermanentError, TransientError } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { inspectEmbeddingCache } from './embedding-cache.js';
import { encodeIndexLine, parseIndexLine } from './index-line.js';
import { image, recipe, useCacheFolder } from './testing/cache-folder.js';
import type { IndexLine } from './index-line.js';

const folder = useCacheFolder();
const { open, toVectorPath, indexLines } = folder;

describe('the embedding cache', () => {
  it('trusts neither of two contents that lines give one short digest', async () => {
    const a = image('a');
    const cache = await open();
    await cache.store(a);
    const twin = a.sha256.slice(0, 16) + 'f'.repeat(48);
    const line = parseIndexLine(indexLines()[0] ?? '') as IndexLine;
    writeFileSync(folder.indexFile, encodeIndexLine({ ...line, sha256: twin }), { flag: 'a' });
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
    writeFileSync(
      folder.indexFile,
      `{"torn\n${first}\n${second.slice(0, -30)}\n\0\0${third}\n{"image`,
    );
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
    writeFileSync(join(folder.root, 'ffffffffffffffff.npy'), 'legacy');
    writeFileSync(join(folder.root, 'notes.txt'), '');
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
    expect(existsSync(folder.indexFile)).toBe(false);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'says that the disk is full, as a passing fault',
    async () => {
      mkdirSync(join(folder.dataDir, 'ai_data/cache'), { recursive: true });
      symlinkSync('/dev/full', folder.indexFile);
      const storing = (await open()).store(image('a'));
      await expect(storing).rejects.toThrow(TransientError);
      await expect(storing).rejects.toThrow('the disk is full: make room');
    },
  );

  it('says that its folder is gone, as a passing fault', async () => {
    const cache = await open();
    rmSync(folder.root, { recursive: true });
    const storing = cache.store(image('a'));
    await expect(storing).rejects.toThrow(TransientError);
    await expect(storing).rejects.toThrow('is the drive still connected?');
  });
});

describe('the embedding cache, opened for reading', () => {
  const inspect = () => inspectEmbeddingCache({ dataDir: folder.dataDir, recipe, log: folder.log });

  it('writes nothing where there is no cache', async () => {
    const reader = inspect();
    expect(reader.findAlias(image('a').alias)).toBeUndefined();
    expect(await reader.readVector(image('a').sha256)).toBeUndefined();
    expect(await reader.listVectors()).toEqual([]);
    expect(readdirSync(folder.dataDir)).toEqual([]);
  });

  it('leaves a damaged vector where it is', async () => {
    const a = image('a');
    await (await open()).store(a);
    truncateSync(toVectorPath(a), 100);
    const reader = inspect();
    expect(await reader.readVector(a.sha256)).toBeUndefined();
    expect(existsSync(toVectorPath(a))).toBe(true);
    expect(reader.stats().damagedVectors).toBe(1);
  });
});
