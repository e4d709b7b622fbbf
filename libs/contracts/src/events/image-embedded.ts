import { z } from 'zod';
import { sha256Hex, shortDigest } from '../recipe.js';
import { imageBase, projectStartedAt } from './common.js';

/** Length of a CLIP ViT-B/32 image embedding. */
export const EMBEDDING_LENGTH = 512;

export const embeddingOrigins = ['computed', 'cached', 'legacy'] as const;
export type EmbeddingOrigin = (typeof embeddingOrigins)[number];

/** What the embedder finds out about an image. The prediction repeats it. */
export const embeddedImage = imageBase.extend({
  contentSha256: sha256Hex,
  /** Size as Pillow reports it: EXIF rotation is not applied. */
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  embeddingRecipe: shortDigest,
  origin: z.enum(embeddingOrigins),
  projectStartedAt,
});

/** EMBEDDINGS, without its vector: a raw CLIP embedding, float32 [512], not normalised. */
export const imageEmbeddedHeader = embeddedImage.extend({ type: z.literal('image.embedded') });
export type ImageEmbedded = z.infer<typeof imageEmbeddedHeader> & { vector: Float32Array };
