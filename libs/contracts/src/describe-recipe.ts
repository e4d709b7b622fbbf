import type {
  EmbeddingRecipe,
  Features,
  ModelFile,
  PredictionModel,
  PredictionRecipe,
} from './recipe.js';

/** An image encoder and its use in a sentence. Files of one name may hold different weights: the digest tells them apart. */
export function describeEmbedding(recipe: EmbeddingRecipe): string {
  return describeModel(recipe.model, describeEncoding(recipe));
}

/** How an image encoder is used. The activation is named only if it is not the usual one. */
export function describeEncoding({
  preprocessing,
  precision,
  activation,
}: Pick<EmbeddingRecipe, 'preprocessing' | 'precision' | 'activation'>): string {
  return [preprocessing, precision, ...(activation === undefined ? [] : [activation])].join(', ');
}

/** `raw, size / 2048`: how the input of a model is computed, for a table. */
export function describeFeatures({ embedding, dimensionScale }: Features): string {
  return `${embedding}, size / ${dimensionScale}`;
}

function describePredictionModel(model: PredictionModel): string {
  return describeModel(model, describeUse(model));
}

function describeUse({ features: { embedding, dimensionScale } }: PredictionModel): string {
  return `${embedding} vectors, sizes divided by ${dimensionScale}`;
}

function describeModel({ file, sha256 }: ModelFile, use: string): string {
  return `${file} (SHA-256 ${sha256.slice(0, 12)}, ${use})`;
}

/**
 * The models that a run was planned with and a service does not have, as text: the image encoder,
 * and where the service has them the ranker and the crop proposer. Empty where they are the same.
 */
export function describeDifference(
  run: PredictionRecipe,
  service: EmbeddingRecipe | PredictionRecipe,
): string {
  const isWhole = 'embedding' in service;
  const embedding = isWhole ? service.embedding : service;
  const differences: string[] = [];
  const tell = (part: string, planned: string, had: string) =>
    differences.push(`${part}: the run has ${planned}, the service ${had}`);
  if (run.embedding.id !== embedding.id) {
    tell('image encoder', describeEmbedding(run.embedding), describeEmbedding(embedding));
  }
  if (!isWhole) return differences.join('; ');
  for (const [part, name] of [
    ['ranker', 'ranker'],
    ['crop', 'crop proposer'],
  ] as const) {
    const [planned, had] = [run[part], service[part]];
    const isSame = planned.sha256 === had.sha256 && describeUse(planned) === describeUse(had);
    if (!isSame) tell(name, describePredictionModel(planned), describePredictionModel(had));
  }
  return differences.join('; ');
}
