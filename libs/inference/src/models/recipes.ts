import type {
  Activation,
  EmbeddingRecipe,
  ModelFile,
  PredictionModel,
  PredictionRecipe,
} from '@cullstream/contracts';
import { toShortDigest } from './canonical-digest.js';

export interface EmbeddingParts {
  readonly model: ModelFile;
  /** Name and version, for instance `exact-1`. */
  readonly preprocessing: string;
  readonly precision: EmbeddingRecipe['precision'];
  /** Stated only if it is not the default. */
  readonly activation?: Activation | undefined;
}

/**
 * The recipe of a vector. Its id is the short digest of the canonical JSON of
 * `{"model":<sha256>,"precision":…,"preprocessing":…}` (and `"activation"` where it is not the
 * default): everything that changes the numbers. The file's name is not part of it, so the cache
 * stays valid when the file is renamed.
 */
export function toEmbeddingRecipe(parts: EmbeddingParts): EmbeddingRecipe {
  const { model, preprocessing, precision, activation } = parts;
  const id = toShortDigest({ model: model.sha256, preprocessing, precision, activation });
  const common = { id, model, preprocessing, precision };
  return activation === undefined ? common : { ...common, activation };
}

/**
 * The recipe of a score and a box. Its id is the short digest of the canonical JSON of
 * `{"crop":{"features":…,"model":<sha256>},"embedding":<its id>,"ranker":{"features":…,"model":<sha256>}}`.
 */
export function toPredictionRecipe(
  embedding: EmbeddingRecipe,
  ranker: PredictionModel,
  crop: PredictionModel,
): PredictionRecipe {
  const identity = ({ sha256, features }: PredictionModel): object => ({ model: sha256, features });
  const id = toShortDigest({
    embedding: embedding.id,
    ranker: identity(ranker),
    crop: identity(crop),
  });
  return { id, embedding, ranker, crop };
}
