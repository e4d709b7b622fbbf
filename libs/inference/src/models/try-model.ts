import { join } from 'node:path';
import {
  preprocessingNames,
  type Activation,
  type EmbeddingRecipe,
  type Features,
  type ModelFile,
} from '@cullstream/contracts';
import { mlpShapes } from '../onnx/build-mlp.js';
import { createClipEncoder } from '../session/clip-encoder.js';
import type { Device } from '../session/devices.js';
import { createMlpModel } from '../session/mlp-model.js';
import { IMAGE_VALUES } from '../session/normalize-pixels.js';
import { ModelShapeError } from '../onnx/mlp-layers.js';
import { examineModel, type ExaminedModel } from './examine-model.js';
import { loadKnownActivations } from './known-models.js';
import {
  prepareSource,
  toPredictionModel,
  toRecipe,
  type FeatureRecipeName,
} from './resolve-models.js';

export interface TryOptions {
  readonly cacheDir: string;
  readonly precision: EmbeddingRecipe['precision'];
  /** Of a checkpoint whose digest is not known. */
  readonly activation?: Activation | undefined;
  readonly preprocess: keyof typeof preprocessingNames;
  readonly features: FeatureRecipeName;
  /** What computes an image encoder; rankers and crop proposers are the processor's. */
  readonly device: Device;
  readonly registry?: string | undefined;
}

/** A model that was loaded and gave numbers. */
export interface TriedModel extends ExaminedModel {
  readonly model: ModelFile;
  /** Of an image encoder. */
  readonly recipe: EmbeddingRecipe | undefined;
  /** Of a ranker or crop proposer. */
  readonly features: Features | undefined;
  /** What to say aloud: an assumption about the file. */
  readonly notes: readonly string[];
}

/**
 * Prepares a model as a run would, loads it, and runs it once on an input of equal values.
 * @throws {ConfigurationError} when it has another activation than the user says
 * @throws {CheckpointError | ModelShapeError} when it cannot be used, or gives what is no number
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
    activationOf: await loadKnownActivations(options.registry),
  };
  const prepared = await prepareSource({ kind, path }, source);
  const isEncoder = kind === 'image-encoder';
  const numbers = isEncoder
    ? await runEncoder(prepared.onnx, options.device)
    : await runMlp(kind, prepared.onnx);
  if (!numbers.every(Number.isFinite)) {
    throw new ModelShapeError(`${path}: gives NaN or infinity: its weights are damaged`);
  }
  return {
    ...examined,
    model: prepared.model,
    recipe: isEncoder ? toRecipe(prepared, source) : undefined,
    features: isEncoder ? undefined : toPredictionModel(prepared, options.features).features,
    notes: prepared.notes,
  };
}

async function runEncoder(modelPath: string, device: Device): Promise<Float32Array> {
  const encoder = await createClipEncoder({ modelPath, device });
  try {
    return await encoder.encode(new Uint8Array(IMAGE_VALUES).fill(128), 1);
  } finally {
    await encoder.release();
  }
}

async function runMlp(kind: keyof typeof mlpShapes, model: string): Promise<Float32Array> {
  const mlp = await createMlpModel({ kind, model });
  try {
    return await mlp.run(new Float32Array(mlpShapes[kind].inputs).fill(0.1), 1);
  } finally {
    await mlp.release();
  }
}
