import { join } from 'node:path';
import {
  preprocessingNames,
  type Preprocessing,
  type Activation,
  type Device,
  type EmbeddingRecipe,
  type Features,
  type ModelFile,
} from '@cullstream/contracts';
import { createClipEncoder } from '../session/clip-encoder.js';
import { IMAGE_VALUES } from '../session/normalize-pixels.js';
import { ModelShapeError } from '../onnx/mlp-layers.js';
import { tryOnce, type ReadyModel } from '../trial/try-once.js';
import { examineModel, type ExaminedModel } from './examine-model.js';
import { loadKnownActivations } from './known-models.js';
import { prepareSource } from './prepare-source.js';
import { toPredictionModel, toRecipe, type FeatureRecipeName } from './resolve-models.js';

export interface TryOptions {
  readonly cacheDir: string;
  readonly precision: EmbeddingRecipe['precision'];
  /** Activation of a checkpoint whose digest is not known. */
  readonly activation?: Activation | undefined;
  readonly preprocess: Preprocessing;
  readonly features: FeatureRecipeName;
  /** The device of an image encoder. Rankers and crop proposers are computed on the processor. */
  readonly device: Device;
  readonly registry?: string | undefined;
}

/** A model that could be loaded and gave finite numbers. */
export interface TriedModel extends ExaminedModel {
  readonly model: ModelFile;
  /** Recipe of an image encoder. */
  readonly recipe: EmbeddingRecipe | undefined;
  /** Features of a ranker or crop proposer. */
  readonly features: Features | undefined;
  /** Warnings for the user: an assumption about the file. */
  readonly notes: readonly string[];
}

/**
 * Prepares a model as a run does, loads it, and runs it on the processor. An image encoder is also
 * run on the given device, if that is another one.
 * @throws {ConfigurationError} when its activation is not the one that the user asks for
 * @throws {CheckpointError | ModelShapeError} when it cannot be used, or gives a result that is no
 * number
 */
export async function tryModel(path: string, options: TryOptions): Promise<TriedModel> {
  const examined = await examineModel(path);
  const { kind } = examined;
  const { preprocess, precision, activation } = options;
  const source = {
    cacheDir: join(options.cacheDir, 'models'),
    precision,
    activation,
    preprocessing: preprocessingNames[preprocess],
    findActivation: await loadKnownActivations(options.registry),
  };
  const prepared = await prepareSource({ kind, path }, source);
  const isEncoder = kind === 'image-encoder';
  const { ready } = prepared;
  for (const problem of (await tryOnce([ready], { again: true })).values()) {
    throw new ModelShapeError(problem);
  }
  if (isEncoder && options.device !== 'cpu') await runEncoder(ready, options.device);
  return {
    ...examined,
    model: prepared.model,
    recipe: isEncoder ? toRecipe(prepared, source) : undefined,
    features: isEncoder ? undefined : toPredictionModel(prepared, options.features).features,
    notes: prepared.notes,
  };
}

async function runEncoder({ path, onnx: modelPath }: ReadyModel, device: Device): Promise<void> {
  const encoder = await createClipEncoder({ modelPath, device });
  try {
    const numbers = await encoder.encode(new Uint8Array(IMAGE_VALUES).fill(128), 1);
    if (numbers.every(Number.isFinite)) return;
    throw new ModelShapeError(`${path}: gives NaN or infinity on ${device}`);
  } finally {
    await encoder.release();
  }
}
