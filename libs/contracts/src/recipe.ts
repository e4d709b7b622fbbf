import { z } from 'zod';

/** Lower-case hex SHA-256. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
/** First 16 hex digits of a SHA-256: the short form used in ids and file names. */
export const shortDigest = z.string().regex(/^[0-9a-f]{16}$/);

export const precisions = ['fp32', 'int8', 'fp16'] as const;
export type Precision = (typeof precisions)[number];
/** All except fp32 change embeddings, and must be approved before `auto` uses them. */
export const approvablePrecisions = precisions.filter((precision) => precision !== 'fp32');
export type ApprovablePrecision = Exclude<Precision, 'fp32'>;
/**
 * The precisions that a user can choose: `auto` is the fastest one approved for these models, else
 * fp32.
 */
export const precisionChoices = [...precisions, 'auto'] as const;
export type PrecisionChoice = (typeof precisionChoices)[number];
/**
 * Activation of an image encoder's MLPs. Quick: x · sigmoid(1.702 x), an approximation of the exact
 * GELU.
 */
export const activations = ['quick-gelu', 'gelu'] as const;
export type Activation = (typeof activations)[number];
export const preprocessings = ['exact', 'fast'] as const;
export type Preprocessing = (typeof preprocessings)[number];
/**
 * Names of the preprocessings with their versions. A change of one pixel raises the version: vectors
 * of two versions never share a folder.
 */
export const preprocessingNames = { exact: 'exact-1', fast: 'fast-2' } as const satisfies Record<
  Preprocessing,
  string
>;
/** Height and width in pixels of the image encoder's input, whatever the preprocessing. */
export const IMAGE_SIDE_PX = 224;
export const featureRecipes = ['as-trained', 'legacy-batch'] as const;

/** A weights file as a run used it: base name and SHA-256 of its bytes. */
export const modelFile = z.strictObject({ file: z.string().min(1), sha256: sha256Hex });
export type ModelFile = z.infer<typeof modelFile>;

/**
 * What a vector depends on besides the image bytes. `id` is the short digest of the other fields,
 * so two recipes never share an id, a cache folder or a row.
 */
export const embeddingRecipe = z.strictObject({
  id: shortDigest,
  model: modelFile,
  /** Name and version of the preprocessing, for instance `exact-1`. */
  preprocessing: z.string().min(1),
  precision: z.enum(precisions),
  /** Stated only if it is not `quick-gelu`. Earlier versions never wrote it. */
  activation: z.enum(activations).optional(),
});
export type EmbeddingRecipe = z.infer<typeof embeddingRecipe>;

/** How a model's input is made from an embedding [512] and a size in pixels. */
export const features = z.strictObject({
  embedding: z.enum(['raw', 'l2']),
  /** Divisor of width and height in pixels, for models that take them. */
  dimensionScale: z.number().positive(),
});
export type Features = z.infer<typeof features>;

export const predictionModel = modelFile.extend({ features });
export type PredictionModel = z.infer<typeof predictionModel>;

/** What a score and a box depend on besides the image. `id` names the version in databases. */
export const predictionRecipe = z.strictObject({
  id: shortDigest,
  embedding: embeddingRecipe,
  ranker: predictionModel,
  crop: predictionModel,
});
export type PredictionRecipe = z.infer<typeof predictionRecipe>;
