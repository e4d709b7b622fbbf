import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeDifference, type ImageSource, type RunId } from '@cullstream/contracts';
import { bundleLimits, consumeEach, consumerSpec, tellRecipe } from '@cullstream/bus';
import { openEmbeddingCache, type EmbeddingCache } from '@cullstream/cache';
import { HungCallError } from '@cullstream/files';
import { createEmbeddingEngine, type EngineOptions } from '@cullstream/embedding';
import { decodedBytes, readImageSize } from '@cullstream/imaging';
import { chooseEmbedder, requireDevice } from '@cullstream/inference';
import {
  checkDataFolder,
  checkReadable,
  connectService,
  createRecipeGuard,
  createStartMarks,
  openDataFolder,
  openRunRecords,
  WORKING_EVERY_MS,
  type DataFolder,
  type Service,
  type ServiceContext,
  type ServiceMetrics,
} from '@cullstream/runtime';
import { openImageBytes } from './adapters/image-bytes.js';
import { checkItself } from './adapters/check-itself.js';
import { chooseProfile } from './adapters/choose-profile.js';
import { createHungReads } from './adapters/hung-reads.js';
import { createLazyEngine } from './adapters/lazy-engine.js';
import { createLegacyVectors } from './adapters/legacy-vectors.js';
import { chooseImageBudget } from './adapters/choose-image-budget.js';
import { ByteBudget } from './core/byte-budget.js';
import { USUAL_DECODED_BYTES } from './core/image-budget.js';
import type { EmbeddingPorts } from './core/resolve-embedding.js';
import { embedImage, passOnDead } from './embed-image.js';
import type { EmbedderSettings } from './settings.js';

/** In which images that can be settled are, before a process is replaced in which a read hangs. */
const LEAVE_WITHIN_MS = 5_000;
/** Cached images in hand besides those the engine holds: they cost no memory to speak of. */
const EXTRA_IN_FLIGHT = 16;

/**
 * Consumes IMAGES: finds each image's vector in the cache or computes it, and publishes it. What
 * cannot be decoded is published as failed, so that its group completes.
 */
export async function startEmbedder(
  settings: EmbedderSettings,
  context: ServiceContext,
): Promise<Service> {
  const { log, health, metrics } = context;
  await requireDevice(settings.device);
  const { recipe, modelPath, notes } = await chooseEmbedder({
    ...settings,
    dataDir: settings.data,
    cacheDir: settings.cache,
  });
  for (const note of notes) log.info(note);
  const profile = await chooseProfile(settings, recipe, log);
  const engineOptions: EngineOptions = {
    modelPath,
    preprocess: settings.preprocess,
    device: settings.device,
    intraOpThreads: profile.threads,
    batchSize: profile.batch,
    decodesAtOnce: profile.decodes,
    workers: profile.workers,
    sharedWeights: {
      folder: join(settings.cache, 'weights'),
      modelSha256: recipe.model.sha256,
    },
    onTimed: ({ stage, durationMs, bytes }) => metrics.observe(stage, durationMs / 1_000, bytes),
    onStuck: (what, limitMs) => {
      log.fatal(`${what} took more than ${limitMs / 1_000} s: this process is ended`);
      // Nothing milder ends a thread within native code.
      process.kill(process.pid, 'SIGKILL');
    },
    onUnshared: (cause) =>
      log.warn({ err: cause }, 'the weights cannot be shared: each worker holds its own'),
  };
  const engine = createLazyEngine(engineOptions, (started) =>
    checkItself(started, {
      dataDir: settings.data,
      recipe,
      device: settings.device,
      startOnProcessor: () =>
        createEmbeddingEngine({ ...engineOptions, device: 'cpu', workers: 1, batchSize: 1 }),
    }),
  );
  const bus = await connectService(settings, context);
  const { originals } = settings;
  if (settings.bytes === 'originals' && originals !== undefined) {
    health.addCheck('originals', () => checkReadable(originals));
  }
  const folder = openDataFolder(settings.data, log);
  await folder.untilThere();
  health.addCheck('cache', () => checkDataFolder(folder));
  const records = await openRunRecords(bus);
  const images = await openImageBytes(settings, bus, { metrics, log });
  const compute = {
    read: (source: ImageSource, run: RunId, project?: string) => images.read(source, run, project),
    embed: (bytes: Uint8Array, crc32?: number) => engine.embed(bytes, crc32),
  };
  const legacy = createLegacyVectors({
    dataDir: settings.data,
    log,
    recordOf: (run) => records.get(run),
    ports: compute,
  });
  const budget = new ByteBudget(await chooseImageBudget(settings, { profile, modelPath, log }));
  const ports: EmbeddingPorts = {
    ...compute,
    whileHolding: (sizeBytes, work) => budget.whileHolding(sizeBytes, work),
    whileDecoding: async (bytes, work) => {
      const needed = await decodedBytes(bytes);
      return needed <= USUAL_DECODED_BYTES ? work() : budget.whileHoldingMore(needed, work);
    },
    cache: waitingCache(await openEmbeddingCache({ dataDir: settings.data, recipe, log }), folder),
    digest: (bytes) => digest(bytes, metrics),
    sizeOf: readImageSize,
    legacyVector: (event) => legacy.vectorFor(event),
  };
  const publisher = bus.publisher({ bundle: bundleLimits.embeddings });
  const inFlight = engine.capacity + EXTRA_IN_FLIGHT;
  const guard = createRecipeGuard(records, {
    what: 'embedder',
    recipeId: recipe.id,
    // A replay of embeddings embeds nothing.
    recipeOf: ({ recipe: planned, replay }) =>
      replay?.from === 'embeddings' ? undefined : planned.embedding.id,
    describe: (record) => describeDifference(record.recipe, recipe),
  });
  if (settings.run === undefined) {
    // First: who asks before a run begins is told, and a run that had begun is seen.
    await tellRecipe(bus, { service: 'embedder', recipe });
    await guard.refuseUnderWay();
  }
  const spec = consumerSpec('embedder', { run: settings.run, maxAckPending: 2 * inFlight });
  bus.watchBacklog(spec);
  const marks = createStartMarks();
  const hungReads = createHungReads();
  const recipeId = recipe.id;
  const parts = { ports, publisher, metrics, guard, marks, folder, hungReads, recipeId };
  const consumption = await consumeEach(
    bus,
    spec,
    {
      maxInFlight: inFlight,
      workingEveryMs: WORKING_EVERY_MS,
      onSettled: metrics.settled,
      onDead: (delivery, error) => passOnDead(delivery, error, publisher),
    },
    (delivery) => embedImage(delivery, parts),
  );
  const finish = async () => {
    await engine.close();
    await images.close();
    await bus.drain();
  };
  /** Closing what hangs would wait for it: the rest is settled, and the process ends. */
  const leave = () =>
    Promise.race([consumption.stop().then(() => bus.drain()), delay(LEAVE_WITHIN_MS)]);
  const work = async () => {
    try {
      await Promise.race([
        consumption.done,
        bus.lost,
        engine.unusable,
        guard.refused,
        hungReads.occurred,
      ]);
    } catch (error) {
      await (error instanceof HungCallError ? leave() : finish());
      throw error;
    }
    await finish();
  };
  return {
    done: work(),
    stop: () => {
      images.leave();
      folder.leave();
      return consumption.stop();
    },
  };
}

/** Nothing is begun where the folder was. */
function waitingCache(cache: EmbeddingCache, folder: DataFolder): EmbeddingCache {
  return {
    ...cache,
    async store(request) {
      await folder.untilThere();
      await cache.store(request);
    },
  };
}

function digest(bytes: Uint8Array, metrics: ServiceMetrics): string {
  const startedMs = performance.now();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  metrics.observe('hash', (performance.now() - startedMs) / 1_000, bytes.length);
  return sha256;
}
