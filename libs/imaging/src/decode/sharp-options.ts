import sharp, { type SharpOptions } from 'sharp';

/**
 * Twice Pillow's MAX_IMAGE_PIXELS, beyond which Pillow refuses images, too. They are refused before decoding.
 * As RGB this is 512 MiB.
 */
export const MAX_IMAGE_PIXELS = 178_956_970;

/** Damaged data is treated as by Pillow: wrong bytes are accepted, a missing end is not. */
export const sharpOptions = {
  failOn: 'truncated',
  ignoreIcc: true,
  limitInputPixels: MAX_IMAGE_PIXELS,
  // Without this, libvips refuses a JPEG with more than a few warnings. `requireFewScans` limits the time.
  unlimited: true,
} as const satisfies SharpOptions;

/**
 * Configures sharp for a service that decodes many images once each. One call for each process is enough:
 * libvips uses these settings for all threads.
 * @param options.threads threads libvips may use for one image
 */
export function configureSharp(options: { readonly threads: number }): void {
  sharp.cache(false);
  sharp.concurrency(options.threads);
}
