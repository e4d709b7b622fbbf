import { appendFileSync, truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inspectEmbeddingCache, openEmbeddingCache } from './embedding-cache.js';
import { image, recipe, useCacheFolder } from './testing/cache-folder.js';

const folder = useCacheFolder();
const torn = `{"image_path":"dalia/x.png","recipe":"${recipe.id}","sha\n`;

/** The warnings of a cache that is opened in the given way, with their fields. */
async function listWarnings(vectorsFrom: 'files' | 'pack' | 'own' | undefined) {
  const warned: unknown[] = [];
  const log = { warn: (...line: unknown[]) => void warned.push(line) };
  const options = { dataDir: folder.dataDir, recipe, log };
  if (vectorsFrom === 'own') await openEmbeddingCache(options);
  else inspectEmbeddingCache({ ...options, ...(vectorsFrom && { vectorsFrom }) });
  return warned;
}

describe('damaged lines of the index', () => {
  it('are warned of once, but not where the files are looked at', async () => {
    await (await folder.open()).store(image('a'));
    expect(await listWarnings('own')).toEqual([]);
    appendFileSync(folder.indexFile, torn);
    const line =
      '1 line of the cache index damaged, torn or unreadable, and left out: what was named there is read again';
    const warning = [[{ file: folder.indexFile, lines: 1 }, line]];
    expect(await listWarnings('own')).toEqual(warning);
    expect(await listWarnings('pack')).toEqual(warning);
    expect(await listWarnings('files')).toEqual([]);
    expect(await listWarnings(undefined)).toEqual([]);
  });
});

describe('a cache that is only inspected', () => {
  it('reads files by default, and says which are damaged', async () => {
    const a = image('a');
    await (await folder.open()).store(a);
    const inspect = () => inspectEmbeddingCache({ ...folder, recipe });
    expect(await inspect().readVector(a.sha256)).toEqual(a.vector);
    truncateSync(folder.toVectorPath(a), 100);
    expect(await inspect().readVector(a.sha256)).toBeUndefined();
  });

  it('has no vector where there is no folder yet', async () => {
    const cache = inspectEmbeddingCache({ ...folder, recipe });
    expect(await cache.readVector(image('a').sha256)).toBeUndefined();
    expect(cache.stats()).toMatchObject({ aliases: 0, contents: 0, unreadableLines: 0 });
  });
});
