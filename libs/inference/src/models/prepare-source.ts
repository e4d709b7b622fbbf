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

/** What a model is, before it is made ready to run. */
export interface IdentifiedModel extends ModelSource {
  readonly model: ModelFile;
  readonly sidecar: ModelSidecar;
  /** Of an image encoder that is a checkpoint. */
  readonly activation: Activation | undefined;
  readonly notes: readonly string[];
}

export interface PreparedModel extends IdentifiedModel {
  readonly ready: ReadyModel;
}

export interface IdentifyOptions {
  /** Where digests are kept. */
  readonly cacheDir: string;
  /** Of the image encoder's checkpoint, where neither sidecar nor digest tells. */
  readonly activation?: Activation | undefined;
  /** Activation of known image encoders by SHA-256; a sidecar comes first. */
  readonly findActivation?: ((sha256: string) => Activation | undefined) | undefined;
}

/** One model digested, and what is said of it read. */
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

/** One model digested, checked and made ready to run. */
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
