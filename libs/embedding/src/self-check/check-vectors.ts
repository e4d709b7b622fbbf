import { createHash } from 'node:crypto';
import type { EmbeddingRecipe } from '@cullstream/contracts';
import type { EmbeddingEngine } from '../embedding-engine.js';
import { builtInImages } from './built-in-images.js';

/** The vector that a model computes for a built-in image. */
export interface ImageVector {
  /** SHA-256 of the encoded image. */
  readonly image: string;
  /** Raw embedding, float32 [512]. */
  readonly vector: Float32Array;
}

/**
 * How far a vector may be from the expected one, as a share of its length. Another processor or
 * device adds numbers in another order, which in int8 changes how some values are rounded. In fp16
 * the processor rounds fewer intermediate numbers to halves than a device that computes in halves.
 */
export const tolerances = { fp32: 0.001, int8: 0.01, fp16: 0.01 } as const satisfies Record<
  EmbeddingRecipe['precision'],
  number
>;

/** The vectors of the built-in images, by the engine that is to be checked. */
export function embedBuiltInImages(engine: Pick<EmbeddingEngine, 'embed'>): Promise<ImageVector[]> {
  return Promise.all(
    builtInImages.map(async ({ bytes }) => ({
      image: createHash('sha256').update(bytes).digest('hex'),
      vector: (await engine.embed(Uint8Array.from(bytes))).vector,
    })),
  );
}

/**
 * Compares the vectors of built-in images with the expected ones.
 * @param origin where the expected vectors come from, as text
 * @returns what is wrong and what to do, or undefined
 */
export function findVectorDrift(
  vectors: readonly ImageVector[],
  expected: readonly ImageVector[],
  { precision }: Pick<EmbeddingRecipe, 'precision'>,
  origin: string,
): string | undefined {
  const distance = measureDistance(vectors, expected);
  if (distance <= tolerances[precision]) return undefined;
  const share = Number.isFinite(distance) ? `by ${(distance * 100).toFixed(1)} %` : 'altogether';
  return (
    `the vectors of built-in images are off ${share} from ${origin}: onnxruntime, or what it ` +
    'computes on, gives other numbers here, or the file of the model was changed; install the ' +
    'versions of package-lock.json with `npm ci`, or compute with ‹device=cpu›'
  );
}

/**
 * The largest distance of vectors from the expected ones, as a share of their length. Images
 * without an expected vector are ignored. Infinity where nothing can be compared.
 */
function measureDistance(
  vectors: readonly ImageVector[],
  expected: readonly ImageVector[],
): number {
  const distances = vectors.flatMap(({ image, vector }) => {
    const other = expected.find((each) => each.image === image)?.vector;
    return other === undefined ? [] : [relativeDistance(vector, other)];
  });
  return distances.length === 0 ? Infinity : Math.max(...distances);
}

/** How far a vector is from the expected one, as a share of its length. */
export function relativeDistance(vector: Float32Array, expected: Float32Array): number {
  if (vector.length !== expected.length) return Infinity;
  const difference = Math.hypot(...vector.map((value, at) => value - (expected[at] ?? NaN)));
  const distance = difference / Math.hypot(...expected);
  return Number.isNaN(distance) ? Infinity : distance;
}
