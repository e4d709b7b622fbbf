import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  describeMachine,
  describeProfile,
  measureDevices,
  toMedian,
  storeProfile,
  tuneEngine,
  usableMemoryBytes,
  type MeasuredDevice,
  type Tuned,
} from '@cullstream/embedding';
import { ConfigurationError } from '@cullstream/contracts';
import { chooseEmbedder } from '@cullstream/inference';
import type { DoctorOptions } from '../options.js';
import type { WorkContext } from '../work-context.js';
import { drawPictures } from './draw-pictures.js';

/** With drawing and the last round, less than a minute. */
const BUDGET_MS = 45_000;
const MB = 1e6;

/** What was measured of a machine. */
export interface TunedMachine {
  readonly tuned: Tuned;
  /** Every other device that onnxruntime offers here. */
  readonly devices: readonly MeasuredDevice[];
  /** Where the profile that was chosen is kept. */
  readonly storedIn: string | undefined;
  /** Memory that an embedder might take. */
  readonly capBytes: number;
}

/**
 * Measures how this machine embeds fastest with the user's model, and keeps it in the cache folder.
 * @throws {ConfigurationError} when there is no image encoder, or it cannot be used, or one device alone
 *   is asked for
 */
export async function tuneMachine(
  settings: DoctorOptions,
  { note, environment }: Pick<WorkContext, 'note' | 'environment'>,
): Promise<TunedMachine> {
  if (settings.device !== 'cpu' && settings.device !== 'auto') {
    throw new ConfigurationError([
      '‹tune›: measures the processor and every other device; leave ‹device› out',
    ]);
  }
  const { data: dataDir, cache: cacheDir, precision, preprocess } = settings;
  const { recipe, modelPath } = await chooseEmbedder({ ...settings, dataDir, cacheDir });
  const { cores } = describeMachine();
  const capBytes =
    settings.memoryCap === undefined ? usableMemoryBytes() / 2 : settings.memoryCap * MB;
  const { sha256: modelSha256, file } = recipe.model;
  note(`measuring ${file} on ${cores} cores; let nothing else work meanwhile`);
  const folder = await mkdtemp(join(tmpdir(), 'cullstream-tune-'));
  try {
    const pictures = await drawPictures(folder);
    const tuned = await tuneEngine({
      model: {
        modelPath,
        preprocess,
        sharedWeights: { folder: join(cacheDir, 'weights'), modelSha256 },
      },
      pictures,
      cores,
      capBytes,
      budgetMs: BUDGET_MS,
      environment,
      onTried: (profile, rate) => note(`${describeProfile(profile)}: ${rate.toFixed(1)} images/s`),
    });
    const devices = await measureDevices({
      ...{ model: { modelPath, preprocess }, pictures, cores, environment },
      onTried: ({ device, imagesPerSecond: rate, problem }) =>
        note(`${device}: ${rate === null ? (problem ?? '') : `${rate.toFixed(1)} images/s`}`),
    });
    const key = { modelSha256, precision, preprocess };
    const { chosen } = tuned;
    const stored =
      chosen === undefined
        ? undefined
        : await storeProfile(
            cacheDir,
            key,
            {
              profile: chosen.profile,
              imagesPerSecond: toMedian(chosen.imagesPerSecond),
              devices,
            },
            new Date(),
          );
    return { tuned, devices, storedIn: stored, capBytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
