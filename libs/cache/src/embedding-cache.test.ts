import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from './npy.js';
import { image, useCacheFolder } from './testing/cache-folder.js';

const LATER_RUN = '20260201T094500Z-k3x9';
const folder = useCacheFolder();
const { open, toVectorPath, indexLines } = folder;

describe('the embedding cache', () => {
  it('writes the file that numpy would, and nothing beside it', async () => {
    const a = image('a');
    await (await open()).store(a);
    expect(readFileSync(toVectorPath(a)).equals(encodeNpy(a.vector))).toBe(true);
    expect(readdirSync(folder.root).sort()).toEqual(
      [`${a.sha256.slice(0, 16)}.npy`, 'recipe.json'].sort(),
    );
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
    const before = readFileSync(folder.indexFile);
    await (await open()).store({ ...a, run: LATER_RUN, origin: 'cached' });
    expect(readFileSync(folder.indexFile).equals(before)).toBe(true);
  });

  it('writes a vector again whose file is gone, with a line of the new run', async () => {
    const a = image('a');
    await (await open()).store(a);
    rmSync(toVectorPath(a));
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
    damage(toVectorPath(a));
    expect(await cache.readVector(a.sha256)).toBeUndefined();
    expect(existsSync(toVectorPath(a))).toBe(false);
    expect(existsSync(`${toVectorPath(a)}.corrupt`)).toBe(true);
    expect(folder.warnings).toEqual(['a cached vector is damaged: computing it again']);
    await cache.store(a);
    expect(await cache.readVector(a.sha256)).toEqual(a.vector);
  });
});
