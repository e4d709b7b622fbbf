import { readImageSize } from './read-image-size.js';

/** The RGB pixels, and the decoder's own memory: filtered rows or coefficients. */
const BYTES_OF_A_PIXEL = 6;

/**
 * Estimates from the header how many bytes an image needs while it is decoded.
 * @returns 0 if the header cannot be read: such an image fails before anything is decoded
 */
export async function decodedBytes(bytes: Uint8Array): Promise<number> {
  try {
    const { widthPx, heightPx } = await readImageSize(bytes);
    return widthPx * heightPx * BYTES_OF_A_PIXEL;
  } catch {
    return 0;
  }
}
