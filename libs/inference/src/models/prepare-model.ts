import { access, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Activation, EmbeddingRecipe } from '@cullstream/contracts';
import { makeFolder, withFileLock } from '@cullstream/files';
import { openCheckpoint } from '../checkpoint/open-checkpoint.js';
import type { TensorInfo } from '../checkpoint/tensor.js';
import { buildClipImageTower } from '../onnx/build-clip-image-tower.js';
import { buildMlp } from '../onnx/build-mlp.js';
import { DEFAULT_ACTIVATION } from '../onnx/clip-activation.js';
import { ModelShapeError, readMlpLayers } from '../onnx/mlp-layers.js';
import type { OnnxModel } from '../onnx/onnx-model.js';
import { writeOnnx } from '../onnx/write-onnx.js';
import { sha256OfFile } from './digest-cache.js';

export const modelKinds = ['image-encoder', 'ranker', 'crop-proposer'] as const;
export type ModelKind = (typeof modelKinds)[number];

/** Raised when the built graphs change, so that files of older versions are not used. */
export const BUILDER_VERSION = 3;

export interface PrepareOptions {
  readonly kind: ModelKind;
  readonly path: string;
  /** SHA-256 of the file at `path`. It is part of the prepared model's name. */
  readonly sha256: string;
  readonly cacheDir: string;
  /** Precision of an image encoder. */
  readonly precision?: EmbeddingRecipe['precision'];
  readonly activation?: Activation | undefined;
}

/**
 * The path of an ONNX file that computes the given model. An ONNX file is used unchanged; its trial
 * checks it. A checkpoint is converted once, into a file that is named by its digest. If two
 * processes convert it at the same time, one does the work, and neither sees an incomplete file.
 * @throws {CheckpointError | ModelShapeError} when the file is damaged or another kind of model.
 */
export async function prepareModel(options: PrepareOptions): Promise<string> {
  const target = preparedPath(options);
  await makeFolder(options.cacheDir);
  if (extname(options.path).toLowerCase() === '.onnx') {
    const { precision = 'fp32' } = options;
    if (precision === 'fp32') return options.path;
    throw new ModelShapeError(
      `${options.path}: an .onnx file runs as it is; ‹precision=${precision}› needs the checkpoint (.pt, .bin, .safetensors)`,
    );
  }
  if (await exists(target)) return target;
  await withFileLock(`${target}.lck`, async () => {
    if (!(await exists(target))) await convert(options, target);
  });
  return target;
}

/** Where a converted model is stored, whether the file exists or not. */
export function preparedPath(options: PrepareOptions): string {
  return join(options.cacheDir, `${preparedName(options)}.onnx`);
}

function preparedName({ kind, sha256, precision, activation }: PrepareOptions): string {
  const parts = [kind, sha256.slice(0, 32), precision, activation, `v${BUILDER_VERSION}`];
  return parts.filter((part) => part !== undefined).join('-');
}

async function convert(options: PrepareOptions, target: string): Promise<void> {
  const checkpoint = await openCheckpoint(options.path);
  try {
    await writeOnnx(buildModel(options, checkpoint.tensors), target);
    await requireDigest(options, target);
  } catch (cause) {
    if (!(cause instanceof ModelShapeError)) throw cause;
    throw new ModelShapeError(`${options.path}: ${cause.message}`, { cause });
  } finally {
    await checkpoint.close();
  }
}

/** If the checkpoint was replaced meanwhile, the result must not be stored under its old digest. */
async function requireDigest({ path, sha256 }: PrepareOptions, target: string): Promise<void> {
  if ((await sha256OfFile(path)) === sha256) return;
  await rm(target);
  throw new ModelShapeError('it was replaced by another file while it was read: try again');
}

function buildModel(options: PrepareOptions, tensors: ReadonlyMap<string, TensorInfo>): OnnxModel {
  const { kind, precision = 'fp32', activation = DEFAULT_ACTIVATION } = options;
  if (kind === 'image-encoder') return buildClipImageTower(tensors, { activation, precision });
  return buildMlp({ kind, layers: readMlpLayers(tensors) });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
