import { join } from 'node:path';
import { openSharedSelfCheck } from '@cullstream/cache';
import { toVectorsChoice, type EmbeddingRecipe } from '@cullstream/contracts';
import {
  countDecoders,
  createChecksumThreads,
  createEmbeddingEngine,
  resolveDevice,
  type ChecksumThreads,
  type EngineOptions,
} from '@cullstream/embedding';
import { chooseEmbedder, requireDevice } from '@cullstream/inference';
import type { ServiceContext } from '@cullstream/runtime';
import type { EmbedderSettings } from '../settings.js';
import { chooseImageBudget } from './choose-image-budget.js';
import { chooseProfile } from './choose-profile.js';
import { createLazyEngine, type LazyEngine } from './lazy-engine.js';
import { runSelfCheck } from './run-self-check.js';

/** One checksum thread serves this many decoders: decoding takes about six times as long. */
const DECODERS_A_CHECKSUM_THREAD = 4;

/** The image encoder and what else computes in threads beside the service. */
export interface Encoder {
  readonly recipe: EmbeddingRecipe;
  readonly engine: LazyEngine;
  startChecksums(): ChecksumThreads;
  /** Memory in bytes for all images in progress. */
  imageBudget(): Promise<number>;
}

export type OpenEncoder = (
  settings: EmbedderSettings,
  context: Pick<ServiceContext, 'log' | 'metrics'>,
) => Promise<Encoder>;

/** Chooses model, device and profile. The model itself is loaded when the first image needs it. */
export const openEncoder: OpenEncoder = async (settings, { log, metrics }) => {
  await requireDevice(settings.device, settings.precision);
  const { recipe, modelPath, notes, requireUnchanged } = await chooseEmbedder({
    ...settings,
    dataDir: settings.data,
    cacheDir: settings.cache,
  });
  for (const note of notes) log.info(note);
  const { cache, precision, preprocess } = settings;
  const { device, why } = await resolveDevice(settings.device, cache, {
    modelSha256: recipe.model.sha256,
    precision,
    preprocess,
  });
  if (why !== undefined) log.info({ device, why }, 'the device was chosen');
  const profile = await chooseProfile({ ...settings, device }, recipe, log);
  const engineOptions: EngineOptions = {
    modelPath,
    preprocess,
    device,
    intraOpThreads: profile.threads,
    batchSize: profile.batch,
    decodesAtOnce: profile.decodes,
    workers: profile.workers,
    sharedWeights: {
      folder: join(settings.cache, 'weights'),
      modelSha256: recipe.model.sha256,
    },
    requireUnchanged,
    onTimed: ({ stage, durationMs, bytes }) => metrics.observe(stage, durationMs / 1_000, bytes),
    onStuck: (what, limitMs) => {
      log.fatal(`${what} took more than ${limitMs / 1_000} s: this process is ended`);
      // Nothing else ends a thread that is inside native code.
      process.kill(process.pid, 'SIGKILL');
    },
    onUnshared: (cause) =>
      log.warn({ err: cause }, 'the weights cannot be shared: each worker holds its own'),
  };
  const { bucket } = toVectorsChoice(settings.vectors) ?? {};
  const engine = createLazyEngine(engineOptions, (started) =>
    runSelfCheck(started, {
      dataDir: settings.data,
      recipe,
      device,
      shared: bucket === undefined ? undefined : openSharedSelfCheck(bucket, recipe),
      startOnProcessor: () =>
        createEmbeddingEngine({ ...engineOptions, device: 'cpu', workers: 1, batchSize: 1 }),
    }),
  );
  return {
    recipe,
    engine,
    startChecksums: () =>
      createChecksumThreads(Math.ceil(countDecoders(profile, device) / DECODERS_A_CHECKSUM_THREAD)),
    imageBudget: () => chooseImageBudget(settings, { profile, modelPath, log }),
  };
};
