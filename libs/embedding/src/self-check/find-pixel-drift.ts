import { createHash } from 'node:crypto';
import { preprocess } from '@cullstream/imaging';
import { builtInImages } from './built-in-images.js';

/** The 224 × 224 RGB pixels that exact preprocessing makes of an encoded image. */
type ToPixels = (bytes: Uint8Array) => Promise<{ readonly pixels: Uint8Array }>;

/**
 * Compares the pixels of built-in images with the known ones, bit for bit.
 * @returns what is wrong and what to do, or undefined
 */
export async function findPixelDrift(
  toPixels: ToPixels = (bytes) => preprocess(bytes, 'exact'),
): Promise<string | undefined> {
  for (const { name, bytes, pixelsSha256 } of builtInImages) {
    const fault = await findFault(toPixels(Uint8Array.from(bytes)), pixelsSha256);
    if (fault === undefined) continue;
    return (
      `the pixels of a built-in ${name} ${fault}: sharp or libvips decode differently here; ` +
      'install the versions of package-lock.json with `npm ci`'
    );
  }
  return undefined;
}

async function findFault(made: ReturnType<ToPixels>, sha256: string): Promise<string | undefined> {
  try {
    const { pixels } = await made;
    const found = createHash('sha256').update(pixels).digest('hex');
    return found === sha256 ? undefined : 'are not the known ones';
  } catch (cause) {
    return `cannot be had (${cause instanceof Error ? cause.message : String(cause)})`;
  }
}
