import type { ImageFound, ImageSource, RunId } from '@cullstream/contracts';
import { bundleLimits } from '@cullstream/bus';
import { openSharedCache, type EmbeddingCache, type SharedCache } from '@cullstream/cache';
import type { ChecksumThreads } from '@cullstream/embedding';
import { decodedBytes, readImageSize } from '@cullstream/imaging';
import { openOriginals } from '@cullstream/imaging/archive';
import {
  checkDataFolder,
  connectService,
  createImagePublisher,
  createImageStage,
  createStartMarks,
  guardService,
  openDataFolder,
  openRunRecords,
  type DataFolder,
  type ImagePublisher,
  type ImageStage,
  type RecipeGuard,
  type ServiceBus,
  type ServiceContext,
  type ServiceMetrics,
  type StartMarks,
  type Tracing,
} from '@cullstream/runtime';
import { openImageBytes, type ImageBytes } from './adapters/image-bytes.js';
import { createHungReads, type HungReads } from './adapters/hung-reads.js';
import type { LazyEngine } from './adapters/lazy-engine.js';
import { createLegacyVectors } from './adapters/legacy-vectors.js';
import type { OpenEncoder } from './adapters/open-encoder.js';
import { ByteBudget } from './core/byte-budget.js';
import { USUAL_DECODED_BYTES } from './core/image-budget.js';
import type { EmbeddingPorts } from './core/resolve-embedding.js';
import type { EmbedderSettings } from './settings.js';

/** The parts of the embedder. */
export interface EmbedderParts {
  readonly bus: ServiceBus;
  readonly stage: ImageStage<ImageFound>;
  readonly publisher: ImagePublisher;
  readonly engine: LazyEngine;
  readonly images: ImageBytes;
  readonly checksums: ChecksumThreads;
  readonly ports: EmbeddingPorts;
  readonly recipeId: string;
  readonly guard: RecipeGuard;
  readonly marks: StartMarks;
  readonly folder: DataFolder;
  readonly sharedCache: SharedCache;
  readonly hungReads: HungReads;
  readonly metrics: ServiceMetrics;
  readonly tracing: Tracing;
}

/** Opens the image encoder, connects, opens the cache, and checks that no current run has another model. */
export async function composeEmbedder(
  settings: EmbedderSettings,
  context: ServiceContext,
  openEncoder: OpenEncoder,
): Promise<EmbedderParts> {
  const { log, health, metrics, tracing } = context;
  const { recipe, engine, ...encoder } = await openEncoder(settings, context);
  const bus = await connectService(settings, context);
  const { originals, data: dataDir, vectors } = settings;
  if (settings.bytes === 'originals' && originals !== undefined) {
    health.addCheck('originals', () => openOriginals(originals).check());
  }
  const folder = openDataFolder(settings.data, log, { id: settings.folderId });
  await folder.untilThere();
  health.addCheck('cache', () => checkDataFolder(folder));
  const records = await openRunRecords(bus);
  const checksums = encoder.startChecksums();
  const images = await openImageBytes(settings, bus, { metrics, log, checksums });
  const compute = {
    read: (source: ImageSource, run: RunId, project?: string) => images.read(source, run, project),
    embed: (bytes: Uint8Array, crc32?: number) => engine.embed(bytes, crc32),
  };
  const legacy = createLegacyVectors({
    dataDir,
    log,
    readRecord: (run) => records.get(run),
    ports: compute,
  });
  const budget = new ByteBudget(await encoder.imageBudget());
  const sharedCache = await folder.whileThere(() =>
    openSharedCache({ dataDir, cacheDir: settings.cache, recipe, vectors, log, folder }),
  );
  const ports: EmbeddingPorts = {
    ...compute,
    whileHolding: (sizeBytes, work) => budget.whileHolding(sizeBytes, work),
    whileDecoding: async (bytes, work) => {
      const needed = await decodedBytes(bytes);
      return needed <= USUAL_DECODED_BYTES ? work() : budget.whileHoldingMore(needed, work);
    },
    cache: waitingCache(sharedCache.cache, folder),
    digest: (bytes) => digest(bytes, checksums, metrics),
    readSize: readImageSize,
    legacyVector: (event) => legacy.vectorFor(event),
  };
  const stage = createImageStage({ name: 'embedder', consumes: 'images', type: 'image.found' });
  const publisher = createImagePublisher(
    stage,
    'embeddings',
    bus.publisher({ bundle: bundleLimits.embeddings }),
  );
  const guard = await guardService(bus, records, {
    service: 'embedder',
    recipe,
    run: settings.run,
    // A replay from embeddings needs no image encoder.
    toRecipeId: ({ recipe: planned, replay }) =>
      replay?.from === 'embeddings' ? undefined : planned.embedding.id,
  });
  return {
    bus,
    stage,
    publisher,
    engine,
    images,
    checksums,
    ports,
    recipeId: recipe.id,
    guard,
    marks: createStartMarks(),
    folder,
    sharedCache,
    hungReads: createHungReads(),
    metrics,
    tracing,
  };
}

/** The cache, but storing waits while the data folder is away or replaced by another one. */
function waitingCache(cache: EmbeddingCache, folder: DataFolder): EmbeddingCache {
  return {
    ...cache,
    async store(request) {
      do {
        await folder.untilThere();
        await cache.store(request);
        // If the folder was replaced meanwhile, the vector went to the wrong one: store it again.
      } while (!folder.isTheSame());
    },
  };
}

async function digest(bytes: Uint8Array, checksums: ChecksumThreads, metrics: ServiceMetrics) {
  const { durationMs, ...digested } = await checksums.sha256(bytes);
  metrics.observe('hash', durationMs / 1_000, digested.bytes.length);
  return digested;
}
