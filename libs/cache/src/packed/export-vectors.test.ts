import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../npy.js';
import { image, recipe, useCacheFolder } from '../testing/cache-folder.js';
import { exportVectors } from './export-vectors.js';

const folder = useCacheFolder('packed');
const { open, toVectorPath, indexLines } = folder;
const exportAll = (vectors?: string) =>
  exportVectors({ dataDir: folder.dataDir, cacheDir: '', vectors, log: folder.log });
const [a, b] = [image('a'), image('b')];

describe('exporting packed vectors', () => {
  it('writes the same files and lines as if they had never been packed', async () => {
    const copy = { ...a, alias: { ...a.alias, entry: 'copy.png' }, origin: 'cached' as const };
    const files = await open(recipe, 'files');
    for (const each of [a, b, copy]) await files.store(each);
    const wanted = indexLines();
    rmSync(join(folder.dataDir, 'ai_data'), { recursive: true });

    const packed = await open();
    for (const each of [a, b, copy]) await packed.store(each);
    const [exported] = await exportAll();
    expect(exported).toMatchObject({ recipe, images: 3, written: 2, damaged: 0 });
    expect(indexLines()).toEqual(wanted);
    expect(readFileSync(toVectorPath(a)).equals(encodeNpy(a.vector))).toBe(true);
  });

  it('goes on where it was interrupted, and writes nothing twice', async () => {
    const cache = await open();
    for (const each of [a, b]) await cache.store(each);
    await exportAll();
    const before = indexLines();
    rmSync(toVectorPath(b));
    const [again] = await exportAll();
    expect(again).toMatchObject({ images: 2, written: 1 });
    expect(indexLines().slice(0, 2)).toEqual(before);
    const [third] = await exportAll();
    expect(third).toMatchObject({ images: 2, written: 0 });
  });

  it('says which are damaged, and exports the others', async () => {
    const cache = await open();
    for (const each of [a, b]) await cache.store(each);
    const packedDir = join(folder.root, 'packed', recipe.id);
    const name = readdirSync(packedDir).find((each) => each.endsWith('.f32')) ?? '';
    const bytes = readFileSync(join(packedDir, name));
    bytes[3] = 99;
    writeFileSync(join(packedDir, name), bytes);
    const [exported] = await exportAll();
    expect(exported).toMatchObject({ images: 1, written: 1, damaged: 1 });
  });

  it('refuses a folder without packed ones', async () => {
    await open();
    await expect(exportAll()).rejects.toThrow(ConfigurationError);
    for (const vectors of [undefined, 'packed', 'files'])
      await expect(exportAll(vectors)).rejects.toThrow(
        `${folder.dataDir} has no packed embeddings;`,
      );
  });
});
