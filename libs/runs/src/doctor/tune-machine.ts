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
  DEVICE_LIMIT_MS,
  toMeasuredDevices,
  type DeviceTrials,
  type DeviceWay,
  type Tuned,
} from '@cullstream/embedding';
import { ConfigurationError, type Precision } from '@cullstream/contracts';
import { chooseEmbedder } from '@cullstream/inference';
import { settlePrecision } from '../plan/settle-precision.js';
import type { DoctorOptions, Given } from '../options.js';
import type { WorkContext } from '../work-context.js';
import { choosePictures } from './choose-pictures.js';

/** For the processor. With drawing and the last round, about a minute. */
const BUDGET_MS = 55_000;
const MB = 1e6;

/** What was measured of a machine. */
export interface TunedMachine {
  readonly tuned: Tuned;
  /** Precision of the processor's measurements. */
  readonly precision: Precision;
  /** Every other device that onnxruntime offers here, in each precision. */
  readonly devices: readonly DeviceTrials[];
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
  given: Given<DoctorOptions>,
  { note, environment }: Pick<WorkContext, 'note' | 'environment'>,
): Promise<TunedMachine> {
  if (given.device !== 'cpu' && given.device !== 'auto') {
    throw new ConfigurationError([
      '‹tune›: measures the processor and every other device; leave ‹device› out',
    ]);
  }
  const { settings, notes } = await settlePrecision(given);
  for (const line of notes) note(line);
  const { data: dataDir, cache: cacheDir, precision, preprocess } = settings;
  const { recipe, modelPath } = await chooseEmbedder({ ...settings, dataDir, cacheDir });
  const { cores } = describeMachine();
  const capBytes =
    settings.memoryCap === undefined ? usableMemoryBytes() / 2 : settings.memoryCap * MB;
  const { sha256: modelSha256, file } = recipe.model;
  const seconds = (ms: number) => `${ms / 1_000} s`;
  note(
    `measuring ${file} on ${cores} cores: about ${seconds(BUDGET_MS)} for the processor and at most ` +
      `${seconds(DEVICE_LIMIT_MS)} for each other device and precision; let nothing else work meanwhile`,
  );
  const folder = await mkdtemp(join(tmpdir(), 'cullstream-tune-'));
  try {
    const { pictures, origin } = await choosePictures(folder, settings);
    note(`measuring with ${origin}`);
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
      ...{ model: { modelPath, preprocess }, precision, pictures, cores, capBytes, environment },
      halfModelPath: await findHalfModel(settings),
      onTried: (way, profile, rate) =>
        note(`${toName(way)}: ${describeProfile(profile)}: ${rate.toFixed(1)} images/s`),
      onRefused: (way, problem) => note(`${toName(way)}: ${problem}`),
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
              devices: toMeasuredDevices(devices),
            },
            new Date(),
          );
    return { tuned, precision, devices, storedIn: stored, capBytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const toName = ({ device, precision }: DeviceWay): string => `${device} in ${precision}`;

/** The image encoder in fp16, for devices that may gain by it; none where the file is an ONNX model. */
async function findHalfModel(settings: DoctorOptions): Promise<string | undefined> {
  if (settings.precision !== 'fp32') return undefined;
  const { data: dataDir, cache: cacheDir } = settings;
  const choice = { ...settings, dataDir, cacheDir, precision: 'fp16' as const };
  return chooseEmbedder(choice).then(
    ({ modelPath }) => modelPath,
    () => undefined,
  );
}
