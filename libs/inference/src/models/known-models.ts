import { access } from 'node:fs/promises';
import type { Activation, EmbeddingRecipe } from '@cullstream/contracts';
import { DEFAULT_ACTIVATION } from '../onnx/clip-activation.js';
import { loadModelRegistry, registryFolder, type ModelRegistry } from './model-registry.js';
import { toEmbeddingRecipe } from './recipes.js';

/**
 * The activations of known image encoders by the SHA-256 of their files. Where the project's folder
 * of descriptors is not installed, no model is known, and a sidecar must state the activation.
 * @throws {ConfigurationError} when a descriptor is wrong
 */
export async function loadKnownActivations(
  folder?: string,
): Promise<(sha256: string) => Activation | undefined> {
  const registry = await loadRegistry(folder);
  return (sha256) => registry?.findByDigest(sha256)?.activation ?? undefined;
}

/**
 * The projects that a model was trained on, from its descriptor. Empty where the model is not
 * known.
 */
export type FindTrainedOn = (model: {
  readonly file: string;
  readonly sha256: string;
}) => readonly string[];

/**
 * Finds descriptors by digest, or by file name where the descriptor has no digest for that name.
 * @throws {ConfigurationError} when a descriptor is wrong
 */
export async function loadTrainedOn(folder?: string): Promise<FindTrainedOn> {
  const registry = await loadRegistry(folder);
  return ({ file, sha256 }) => {
    const named = registry?.models.find(({ files }) =>
      files.some((each) => each.sha256 === null && each.name === file),
    );
    return (registry?.findByDigest(sha256) ?? named)?.trainedOn ?? [];
  };
}

/** The vector that a model is known to compute for an image. */
export interface KnownVector {
  /** SHA-256 of the encoded image. */
  readonly image: string;
  /** Raw embedding, float32 [512]. */
  readonly vector: Float32Array;
}

/**
 * The vectors of built-in images for a recipe, where its model is known and its descriptor has
 * them.
 * @throws {ConfigurationError} when a descriptor is wrong
 */
export async function findKnownVectors(
  recipe: EmbeddingRecipe,
  folder?: string,
): Promise<readonly KnownVector[] | undefined> {
  const known = (await loadRegistry(folder))?.findByDigest(recipe.model.sha256);
  if (known?.selfCheck == null) return undefined;
  const { preprocessing, precision, vectors } = known.selfCheck;
  const activation =
    known.activation === null || known.activation === DEFAULT_ACTIVATION
      ? undefined
      : known.activation;
  const { model } = recipe;
  if (toEmbeddingRecipe({ model, preprocessing, precision, activation }).id !== recipe.id) {
    return undefined;
  }
  return vectors.map(({ image, vector }) => ({
    image,
    vector: new Float32Array(Uint8Array.from(Buffer.from(vector, 'base64')).buffer),
  }));
}

async function loadRegistry(folder: string | undefined): Promise<ModelRegistry | undefined> {
  if (folder === undefined && !(await isThere(registryFolder))) return undefined;
  return loadModelRegistry(folder);
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
