import sharp, { type SharpOptions } from 'sharp';

/**
 * Pillow refuses to open more than twice its MAX_IMAGE_PIXELS; so do we, before anything is decoded.
 * As RGB that is 512 MiB.
 */
export const MAX_IMAGE_PIXELS = 178_956_970;

/** Damaged data is decoded as far as Pillow does: a wrong byte passes, a missing end does not. */
export const sharpOptions = {
  failOn: 'truncated',
  ignoreIcc: true,
  limitInputPixels: MAX_IMAGE_PIXELS,
  // Otherwise libvips fails a JPEG with more than a few warnings; what bounds its cost is `requireFewScans`.
  unlimited: true,
} as const satisfies SharpOptions;

/**
 * Sets sharp up for a service that decodes many images once. Once a process is enough: libvips keeps
 * these settings for all threads.
 * @param options.threads threads libvips may use for one image
 */
export function configureSharp(options: { readonly threads: number }): void {
  sharp.cache(false);
  sharp.concurrency(options.threads);
}
