import { PermanentError } from '@cullstream/contracts';
import { MAX_IMAGE_PIXELS } from '../decode/sharp-options.js';
import { toInvalidPngError } from './png-error.js';

/** The content of the IHDR chunk. */
export interface PngHeader {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Bits in each sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly colour: number;
  readonly isInterlaced: boolean;
}

/** The colour of a palette image. */
export const PALETTE = 3;

const HEADER_BYTES = 13;
const DEPTHS_OF_COLOUR = new Map([
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [PALETTE, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
]);

/**
 * Reads an IHDR chunk behind others, as Pillow does: one with unknown colours leaves those of the chunk before,
 * and an image that was interlaced stays so.
 * @throws {PermanentError} `image-undecodable`
 */
export function addHeader(before: Partial<PngHeader>, data: Buffer): Partial<PngHeader> {
  if (data.length < HEADER_BYTES) throw toInvalidPngError('has a header that is too short');
  const [depth = 0, colour = 0, , filter, interlace] = data.subarray(8);
  if (filter !== 0) throw meaningless();
  const isKnown = DEPTHS_OF_COLOUR.get(colour)?.includes(depth) === true;
  return {
    ...before,
    ...(isKnown ? { depth, colour } : {}),
    widthPx: data.readUInt32BE(0),
    heightPx: data.readUInt32BE(4),
    isInterlaced: before.isInterlaced === true || interlace !== 0,
  };
}

/** @throws {PermanentError} `image-undecodable`, `image-too-large` */
export function requireHeader(header: Partial<PngHeader>): PngHeader {
  const { widthPx = 0, heightPx = 0, depth, colour, isInterlaced = false } = header;
  if (widthPx * heightPx === 0 || depth === undefined || colour === undefined) throw meaningless();
  if (widthPx * heightPx > MAX_IMAGE_PIXELS) {
    throw new PermanentError(
      'image-too-large',
      `the png image has more than ${MAX_IMAGE_PIXELS} pixels; scale it down`,
    );
  }
  return { widthPx, heightPx, depth, colour, isInterlaced };
}

function meaningless(): PermanentError {
  return toInvalidPngError('has a header that means nothing');
}
