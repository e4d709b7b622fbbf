import { relative } from 'node:path';
import type { RunHead } from '@cullstream/contracts';
import { loadLegacyIndex } from '@cullstream/cache';
import type { FindLegacyEmbedding } from '@cullstream/catalog';

/** Finds vectors of the older tool, unless the run ignores them. */
export function legacyFinder(record: RunHead, dataDir: string): FindLegacyEmbedding {
  if (record.options.legacyCache === 'ignore') return () => undefined;
  const index = loadLegacyIndex({ dataDir });
  return (names, fileName) => {
    const found = index.find(names, fileName);
    return found === undefined ? undefined : relative(dataDir, found.embeddingFile);
  };
}
