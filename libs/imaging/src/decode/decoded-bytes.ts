import { readImageSize } from './read-image-size.js';

/** Pixels as RGB, and what a decoder holds beside them: filtered rows, or coefficients. */
const BYTES_OF_A_PIXEL = 6;

/**
 * About how many bytes an image takes while it is decoded, by its header.
 * @returns 0 when the header cannot be read: such an image fails before anything is decoded
 */
export async function decodedBytes(bytes: Uint8Array): Promise<number> {
  try {
    const { widthPx, heightPx } = await readImageSize(bytes);
    return widthPx * heightPx * BYTES_OF_A_PIXEL;
  } catch {
    return 0;
  }
}
