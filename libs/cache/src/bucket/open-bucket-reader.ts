import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { EmbeddingRecipe } from '@cullstream/contracts';
import type { Bucket } from '@cullstream/object-storage';
import { CacheIndex } from '../cache-index.js';
import type { CacheLog } from '../cache-log.js';
import { createCacheReader } from '../cache-reader.js';
import type { EmbeddingCacheReader } from '../cache-types.js';
import { warnOfDamage } from '../embedding-cache.js';
import { listSegmentLogs } from '../packed/segment-names.js';
import { createBucketStore } from './bucket-store.js';
import { SegmentMirror } from './segment-mirror.js';

export interface BucketReaderOptions {
  /** `s3://bucket/prefix`. */
  readonly address: string;
  /** Folder of what can always be made anew: the lines are copied below it. */
  readonly cacheDir: string;
  readonly recipe: EmbeddingRecipe;
  readonly log: CacheLog;
  /** `lines` reads all of them anew, so that damaged ones are found; a table may have most of them. */
  readonly indexFrom: 'lines' | 'table';
}

export interface BucketReader {
  readonly reader: EmbeddingCacheReader;
  readonly mirror: SegmentMirror;
}

/**
 * Opens the segments of a recipe in a bucket for reading.
 * @throws {StorageError} where the bucket cannot be read
 */
export async function openBucketReader(
  bucket: Bucket,
  { address, cacheDir, recipe, log, indexFrom }: BucketReaderOptions,
): Promise<BucketReader> {
  const place = `${address}/${recipe.id}`;
  const mirror = new SegmentMirror(bucket, recipe.id, toMirrorFolder(cacheDir, place), log);
  const path = join(mirror.folder, 'index.table');
  const table = indexFrom === 'table' ? { path, isWritten: true } : undefined;
  const openIndex = () =>
    new CacheIndex({ list: () => listSegmentLogs(mirror.folder), table }, recipe.id, log);

  await mirror.sync(indexFrom === 'lines');
  let index = openIndex();
  if (index.counts.unreadableLines > 0 && indexFrom === 'table') {
    // Perhaps they are damaged only here.
    await mirror.sync(true);
    index = openIndex();
  }
  warnOfDamage(index, place, log);
  const store = createBucketStore(bucket, { place, recipeId: recipe.id }, mirror);
  return { reader: createCacheReader({ store, index, log }), mirror };
}

function toMirrorFolder(cacheDir: string, place: string): string {
  const digest = createHash('sha256').update(place).digest('hex');
  return join(cacheDir, 'vectors', digest.slice(0, 16));
}
