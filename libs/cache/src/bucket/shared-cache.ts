import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError, toVectorsChoice, type EmbeddingRecipe } from '@cullstream/contracts';
import { withinTime, type GuardedFolder } from '@cullstream/files';
import { openBucket, openWritableBucket, StorageError } from '@cullstream/object-storage';
import type { CacheLog } from '../cache-log.js';
import { toCachePaths } from '../cache-paths.js';
import type { EmbeddingCache, EmbeddingCacheReader } from '../cache-types.js';
import {
  inspectEmbeddingCache,
  openEmbeddingCache,
  type InspectOptions,
} from '../embedding-cache.js';
import { layerReaders } from '../layered-cache.js';
import { SegmentWriter } from '../packed/segment-writer.js';
import { MARKER, toMarkerText } from '../recipe-folder.js';
import { toOpeningFault, toRefusal } from './bucket-fault.js';
import { openBucketReader } from './open-bucket-reader.js';
import { repeat } from './repeat.js';
import { SegmentUploader } from './segment-uploader.js';

/** Images of one segment: 2 MB of vectors, and 0.7 MB of lines. */
const SEGMENT_LINES = 1_024;
const LOOK_EVERY_MS = 2_000;
/** Looking for what others have put is a request, and a few more for what is new. */
const SYNC_EVERY_MS = 30_000;
const OPEN_AGAIN_MS = 5_000;
/** A service has seven seconds to end. */
const CLOSE_WITHIN_MS = 4_000;

interface SharedOptions {
  readonly dataDir: string;
  /** Folder of what can always be made anew. */
  readonly cacheDir: string;
  readonly recipe: EmbeddingRecipe;
  /** What ‹vectors› says: a form, or the address of a bucket. */
  readonly vectors?: string | undefined;
  readonly log: CacheLog;
}

export interface SharedCache {
  readonly cache: EmbeddingCache;
  /**
   * Puts into the bucket what is not there yet.
   * @throws {StorageError | Error} where it cannot be written now
   */
  put(): Promise<void>;
  /** Puts what is not in the bucket yet. Never rejects. */
  close(): Promise<void>;
}

interface Pace {
  readonly lookEveryMs?: number;
  readonly syncEveryMs?: number;
}

/**
 * Opens the cache of a data folder and, where ‹vectors› names a bucket, the vectors that others have put
 * there. New vectors are packed in the data folder as always, and put into the bucket a few seconds later.
 * While the bucket cannot be written, they stay in the data folder; if it cannot be read as this begins, it
 * is waited for.
 *
 * @throws {ConfigurationError} where data folder or credentials cannot be used, or there is no such bucket
 */
export async function openSharedCache(
  options: SharedOptions & {
    /** The data folder, where another one may take its place. */
    readonly folder?: GuardedFolder;
  },
  { lookEveryMs = LOOK_EVERY_MS, syncEveryMs = SYNC_EVERY_MS }: Pace = {},
): Promise<SharedCache> {
  const { dataDir, recipe, log } = options;
  const { form, bucket: address } = requireChoice(options.vectors);
  if (address === undefined) {
    const cache = await openEmbeddingCache({ ...options, vectors: form });
    return { cache, put: () => Promise.resolve(), close: () => Promise.resolve() };
  }
  const bucket = openWritableBucket(address);
  const folder = toCachePaths(dataDir).toPackedDir(recipe.id);
  const own = new SegmentWriter(folder, SEGMENT_LINES);
  const local = await openEmbeddingCache({ ...options, vectors: form, segments: own });
  const { reader, mirror } = await untilThere(address, log, async () => {
    await bucket.putOnce(`${recipe.id}/${MARKER}`, Buffer.from(toMarkerText(recipe)));
    return openBucketReader(bucket, { ...options, address, indexFrom: 'table' });
  });
  const uploader = new SegmentUploader({
    ...{ bucket, folder, own, mirror, log },
    recipeId: recipe.id,
  });
  const tell = createOutageLog(address, log);
  let syncedAtMs = performance.now();
  const repetition = repeat(lookEveryMs, () =>
    tell(async () => {
      await uploader.upload();
      if (performance.now() - syncedAtMs < syncEveryMs) return;
      await mirror.sync();
      syncedAtMs = performance.now();
    }),
  );
  const finish = async () => {
    await repetition.stop();
    await uploader.upload(true);
  };
  return {
    cache: { ...layerReaders(local, reader), store: (request) => local.store(request) },
    put: () => uploader.upload(true),
    async close() {
      try {
        await withinTime(finish(), address, CLOSE_WITHIN_MS);
      } catch (error) {
        log.warn(
          { folder, problem: toProblem(error) },
          `not all new embeddings could be put into ${address}: the next embedder with this data folder does it`,
        );
      }
    },
  };
}

/**
 * Opens the same for reading only: writes nothing into the data folder and the bucket. What was put into
 * the bucket since is not seen.
 *
 * @throws {ConfigurationError} where the bucket cannot be read
 */
export async function inspectSharedCache(
  options: SharedOptions & InspectOptions,
): Promise<EmbeddingCacheReader> {
  return (await inspectLayers(options)).cache;
}

/** As {@link inspectSharedCache}, and the folders that the lines of packed vectors are in, newest last. */
export async function inspectLayers({
  cacheDir,
  vectors,
  ...options
}: SharedOptions & InspectOptions): Promise<{
  readonly cache: EmbeddingCacheReader;
  readonly folders: readonly string[];
}> {
  const local = inspectEmbeddingCache(options);
  const folder = toCachePaths(options.dataDir).toPackedDir(options.recipe.id);
  const { bucket: address } = requireChoice(vectors);
  if (address === undefined) return { cache: local, folders: [folder] };
  const { recipe, log, indexFrom = 'lines' } = options;
  try {
    const where = { address, cacheDir, recipe, log, indexFrom };
    const { reader, mirror } = await openBucketReader(openBucket(address), where);
    return { cache: layerReaders(local, reader), folders: [mirror.folder, folder] };
  } catch (error) {
    throw toRefusal(address, error);
  }
}

function requireChoice(vectors: string | undefined) {
  const choice = toVectorsChoice(vectors);
  if (choice === undefined) throw new Error(`${vectors ?? ''} is no form of vectors`);
  return choice;
}

async function untilThere<T>(address: string, log: CacheLog, open: () => Promise<T>): Promise<T> {
  for (let isSaid = false; ;) {
    try {
      return await open();
    } catch (error) {
      const fault = toOpeningFault(address, error);
      if (!(error instanceof StorageError) || fault instanceof ConfigurationError) throw fault;
      if (!isSaid) log.warn({ problem: error.problem }, `${fault.message}: waiting for it`);
      isSaid = true;
    }
    await delay(OPEN_AGAIN_MS);
  }
}

/** Does work that may fail while the bucket is away, and says once when that begins. */
function createOutageLog(
  address: string,
  log: CacheLog,
): (work: () => Promise<void>) => Promise<void> {
  let isAway = false;
  return async (work) => {
    try {
      await work();
      isAway = false;
    } catch (error) {
      if (!isAway) {
        log.warn(
          { problem: toProblem(error) },
          `${address} cannot be used now: new embeddings stay in the data folder, and are put there when it is back`,
        );
      }
      isAway = true;
    }
  };
}

function toProblem(error: unknown): string {
  if (error instanceof StorageError) return error.problem;
  return error instanceof Error ? error.message : String(error);
}
