import { bundleLimits, type BundleLimits } from '@cullstream/bus';

/**
 * How many images a message of a project carries. Messages of cached images are large, since they take
 * an embedder hardly any time. A few uncached images among them are allowed, on average up to one for
 * each message: that takes no longer than a small message of images to embed.
 * @param images number of images in the project
 * @param cached number of them that were in the cache when the run was planned
 */
export function toBundleLimits(images: number, cached: number): BundleLimits {
  const { cachedImages, images: computed } = bundleLimits;
  const messages = Math.ceil(images / cachedImages.maxEvents);
  return images - cached <= messages ? cachedImages : computed;
}
