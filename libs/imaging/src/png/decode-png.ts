import { inflateSync } from 'node:zlib';
import type { RgbImage } from '../decode/rgb-image.js';
import { inflateAsPillow, type InflatedAsPillow } from './inflate-as-pillow.js';
import { pixelWriter, toUsedBytes, type Grey16, type WritePixels } from './pixel-writer.js';
import { toInvalidPngError } from './png-error.js';
import { readPngFile, requireWholeTail, type PngFile } from './png-file.js';
import { bitsOfPixel, pngPasses, type PngPass } from './png-passes.js';
import { unfilterRow } from './unfilter-row.js';

/** Surplus rows, which Pillow ignores, are inflated up to this size. */
const MAX_SURPLUS_BYTES = 65_536;

/**
 * Decodes any PNG to the pixels of Pillow 9.4's `Image.open(...).convert("RGB")`, and refuses those that
 * Pillow refuses. Blocks the calling thread.
 * @throws {PermanentError} `image-truncated`, `image-undecodable`, `image-too-large`
 */
export function decodePng(bytes: Uint8Array, grey16?: Grey16): RgbImage {
  const png = readPngFile(bytes);
  const { widthPx, heightPx } = png.header;
  const passes = pngPasses(png.header);
  const { data, lastPiece } = inflateRows(png, bytes.length, rowEnds(passes));
  requireWholeTail(bytes, png.chunkEnds[lastPiece] ?? 0);
  return {
    pixels: toRgb(png, passes, { data, write: pixelWriter(png, grey16) }),
    widthPx,
    heightPx,
  };
}

/** Where each row ends in the inflated stream. */
function rowEnds(passes: readonly PngPass[]): Float64Array {
  const ends = new Float64Array(passes.reduce((sum, { rows }) => sum + rows, 0));
  let at = 0;
  let end = 0;
  for (const { rows, rowBytes } of passes) {
    for (let row = 0; row < rows; row++) ends[at++] = end += 1 + rowBytes;
  }
  return ends;
}

function inflateRows(
  { idat, chunkEnds }: PngFile,
  fileBytes: number,
  ends: Float64Array,
): InflatedAsPillow {
  // If the last chunk is cut off, the result depends on whether Pillow would have to read it.
  if ((chunkEnds.at(-1) ?? 0) > fileBytes) return inflateAsPillow(idat, ends);
  const length = ends.at(-1) ?? 0;
  try {
    const data = inflateSync(idat.length === 1 && idat[0] ? idat[0] : Buffer.concat(idat), {
      maxOutputLength: length + MAX_SURPLUS_BYTES,
      // One buffer for everything, with some spare bytes: zlib allocates another one when a buffer is full.
      chunkSize: length + 64,
    });
    if (data.length >= length) return { data, lastPiece: idat.length - 1 };
  } catch {
    // Pillow may still accept a stream that zlib reports as damaged.
  }
  return inflateAsPillow(idat, ends);
}

function toRgb(
  png: PngFile,
  passes: readonly PngPass[],
  { data, write }: { readonly data: Uint8Array; readonly write: WritePixels },
): Uint8Array {
  const { widthPx, heightPx } = png.header;
  const pixelBytes = Math.max(1, bitsOfPixel(png.header) >> 3);
  const wanted = toUsedBytes(png.header);
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  let at = 0;
  for (const { firstX, firstY, stepX, stepY, columns, rows, rowBytes } of passes) {
    let above: Uint8Array = new Uint8Array(rowBytes);
    for (let y = 0; y < rows; y++, at += 1 + rowBytes) {
      const row = data.subarray(at + 1, at + 1 + rowBytes);
      if (!unfilterRow(data[at] ?? 0, row, above, pixelBytes, wanted)) {
        throw toInvalidPngError('has a row with a filter that does not exist');
      }
      write(row, columns, rgb, ((firstY + y * stepY) * widthPx + firstX) * 3, stepX * 3);
      above = row;
    }
  }
  return rgb;
}
