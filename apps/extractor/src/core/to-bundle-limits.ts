import { bundleLimits, type BundleLimits } from '@cullstream/bus';

/**
 * How much a message of a project carries. Messages of cached images are large, for they take an embedder
 * no time. A few others among them, a damaged one that is never cached say, are no reason for small
 * ones: up to one a message takes no longer than a small message of images to embed.
 * @param images how many the project has
 * @param cached how many of them the cache knew when the run was planned
 */
export function toBundleLimits(images: number, cached: number): BundleLimits {
  const { cachedImages, images: computed } = bundleLimits;
  const messages = Math.ceil(images / cachedImages.maxEvents);
  return images - cached <= messages ? cachedImages : computed;
}
