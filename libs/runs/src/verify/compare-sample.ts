import { cosine } from '@cullstream/models';
import type { StoredImage } from '@cullstream/store';

/** Vectors of the same pixels by the same weights: what differs is the order of additions. */
const LEAST_COSINE = 0.9999;
/** What the older tool's vectors were accepted by. */
const LEAST_LEGACY_COSINE = 0.999;
const EXAMPLES = 5;

/** What embedding images anew said of their vectors in the cache. */
export interface VectorComparison {
  readonly compared: number;
  /** 1 where nothing was compared. */
  readonly leastCosine: number;
  readonly gaps: readonly string[];
}

export interface Sampled extends StoredImage {
  readonly outcome: Extract<StoredImage['outcome'], { kind: 'predicted' }>;
}

/**
 * @param anew vectors of the sample's images as they are computed now; none of those that cannot be read
 * @param kept the same as the cache has them
 */
export function compareSample(
  sample: readonly Sampled[],
  anew: readonly (Float32Array | undefined)[],
  kept: readonly (Float32Array | undefined)[],
): VectorComparison {
  const different: string[] = [];
  const unreadable: string[] = [];
  let compared = 0;
  let leastCosine = 1;
  for (const [index, { image, outcome }] of sample.entries()) {
    const [one, other] = [anew[index], kept[index]];
    if (one === undefined) unreadable.push(image);
    // A vector that is missing is a gap already.
    if (one === undefined || other === undefined) continue;
    // A vector of zeros has no direction, and is like none.
    const similarity = cosine(one, other) || 0;
    compared += 1;
    leastCosine = Math.min(leastCosine, similarity);
    const least = outcome.origin === 'legacy' ? LEAST_LEGACY_COSINE : LEAST_COSINE;
    if (similarity < least) different.push(`${image} (cosine ${similarity.toFixed(5)})`);
  }
  return {
    compared,
    leastCosine,
    gaps: [
      ...named('cached vectors are not those of their images', different),
      ...named('images cannot be read any more', unreadable),
    ],
  };
}

function named(what: string, images: readonly string[]): string[] {
  if (images.length === 0) return [];
  const more = images.length - EXAMPLES;
  const rest = more > 0 ? ` and ${more} more` : '';
  return [`${images.length} ${what}: ${images.slice(0, EXAMPLES).join(', ')}${rest}`];
}
