import { basename } from 'node:path';
import type { Activation, EmbeddingRecipe, ModelFile } from '@cullstream/contracts';
import type { ReadyModel } from '../trial/try-once.js';
import { chooseActivation } from './choose-activation.js';
import { DigestCache, sha256OfModel } from './digest-cache.js';
import { readModelSidecar, type ModelSidecar } from './model-sidecar.js';
import { prepareModel, preparedPath, type ModelKind } from './prepare-model.js';

export interface ModelSource {
  readonly kind: ModelKind;
  readonly path: string;
}

/** The identity of a model, before it is prepared. */
export interface IdentifiedModel extends ModelSource {
  readonly model: ModelFile;
  readonly sidecar: ModelSidecar;
  /** Activation of an image encoder that is a checkpoint. */
  readonly activation: Activation | undefined;
  readonly notes: readonly string[];
}

export interface PreparedModel extends IdentifiedModel {
  readonly ready: ReadyModel;
}

export interface IdentifyOptions {
  /** Folder where digests are stored. */
  readonly cacheDir: string;
  /**
   * Activation of an image encoder's checkpoint, where neither its sidecar nor its digest gives it.
   */
  readonly activation?: Activation | undefined;
  /** Activations of known image encoders by SHA-256. A sidecar takes precedence. */
  readonly findActivation?: ((sha256: string) => Activation | undefined) | undefined;
}

/** Computes the digest of a model and reads its sidecar. */
export async function identifySource(
  { kind, path }: ModelSource,
  { cacheDir, activation: asked, findActivation }: IdentifyOptions,
): Promise<IdentifiedModel> {
  const sha256 = await sha256OfModel(path, new DigestCache(cacheDir));
  const sidecar = await readModelSidecar(path);
  const said = { asked, sidecar: sidecar.activation, known: findActivation?.(sha256) };
  const { activation, notes } =
    kind === 'image-encoder'
      ? chooseActivation({ path, sha256, ...said })
      : { activation: undefined, notes: [] };
  return { kind, path, model: { file: basename(path), sha256 }, sidecar, activation, notes };
}

/** Computes the digest of a model, checks it and converts it where necessary. */
export async function prepareSource(
  source: ModelSource,
  options: IdentifyOptions & { readonly precision: EmbeddingRecipe['precision'] },
): Promise<PreparedModel> {
  const identified = await identifySource(source, options);
  const { kind, path, model, activation } = identified;
  const { cacheDir, precision } = options;
  const ofEncoder = kind === 'image-encoder' ? { precision, activation } : {};
  const wanted = { kind, path, sha256: model.sha256, cacheDir, ...ofEncoder };
  const onnx = await prepareModel(wanted);
  const ready = { kind, path, onnx, triedMark: `${preparedPath(wanted)}.tried` };
  return { ...identified, ready };
}
