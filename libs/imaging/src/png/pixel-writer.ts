import { bitsOfPixel } from './png-passes.js';
import type { PngFile } from './png-file.js';
import type { PngHeader } from './png-header.js';

/**
 * Writes pixels of an unfiltered row as RGB.
 * @param row unfiltered samples
 * @param columns number of pixels in the row
 * @param rgb where to write
 * @param at index of the first pixel in `rgb`
 * @param step bytes from one pixel to the next in `rgb`
 */
export type WritePixels = (
  row: Uint8Array,
  columns: number,
  rgb: Uint8Array,
  at: number,
  step: number,
) => void;

const GREY = 0;
const PALETTE = 3;
const GREY_ALPHA = 4;

/** How 16-bit grey PNGs are converted: clipped to 8 bits, as by Pillow, or by taking the upper byte. */
export type Grey16 = 'clipped' | 'upper';

/** Writes pixels as Pillow's convert("RGB") does for this kind of PNG: alpha is dropped, 16 bits become 8. */
export function pixelWriter(
  { header, palette }: Pick<PngFile, 'header' | 'palette'>,
  grey16: Grey16 = 'clipped',
): WritePixels {
  const { depth, colour } = header;
  if (colour === GREY && depth === 16 && grey16 === 'clipped') return writeClipped;
  const pixelBytes = Math.max(1, bitsOfPixel(header) >> 3);
  if (colour === GREY || colour === PALETTE || colour === GREY_ALPHA) {
    const isPalette = colour === PALETTE;
    const colours = isPalette ? paletteColours(palette) : greyColours(Math.min(8, depth));
    return depth < 8 ? writePacked(colours, depth) : writeIndexed(colours, pixelBytes);
  }
  return writeRgb(depth >> 3, pixelBytes);
}

/** Pillow fills a palette up with greys, so an index beyond the palette gives a grey. */
function paletteColours(palette: Uint8Array): Uint8Array {
  const colours = greyColours(8);
  colours.set(palette.subarray(0, Math.min(768, palette.length - (palette.length % 3))));
  return colours;
}

/** RGB of each sample; the largest sample is white. */
function greyColours(depth: number): Uint8Array {
  const scale = 255 / (2 ** depth - 1);
  return Uint8Array.from({ length: 768 }, (_unused, at) => Math.floor(at / 3) * scale);
}

/** Offsets of the bytes within a pixel on which its colour depends. */
export function toUsedBytes({ depth, colour }: PngHeader): readonly number[] {
  if (colour === GREY || colour === PALETTE) return depth === 16 ? [0, 1] : [0];
  if (colour === GREY_ALPHA) return [0];
  return depth === 16 ? [0, 2, 4] : [0, 1, 2];
}

function writeIndexed(colours: Uint8Array, pixelBytes: number): WritePixels {
  return (row, columns, rgb, at, step) => {
    for (let x = 0, from = 0, to = at; x < columns; x++, from += pixelBytes, to += step) {
      const sample = (row[from] ?? 0) * 3;
      rgb[to] = colours[sample] ?? 0;
      rgb[to + 1] = colours[sample + 1] ?? 0;
      rgb[to + 2] = colours[sample + 2] ?? 0;
    }
  };
}

function writePacked(colours: Uint8Array, depth: number): WritePixels {
  const mask = 2 ** depth - 1;
  return (row, columns, rgb, at, step) => {
    for (let x = 0, bit = 0, to = at; x < columns; x++, bit += depth, to += step) {
      const sample = (((row[bit >> 3] ?? 0) >> (8 - depth - (bit & 7))) & mask) * 3;
      rgb[to] = colours[sample] ?? 0;
      rgb[to + 1] = colours[sample + 1] ?? 0;
      rgb[to + 2] = colours[sample + 2] ?? 0;
    }
  };
}

function writeRgb(sampleBytes: number, pixelBytes: number): WritePixels {
  return (row, columns, rgb, at, step) => {
    for (let x = 0, from = 0, to = at; x < columns; x++, from += pixelBytes, to += step) {
      rgb[to] = row[from] ?? 0;
      rgb[to + 1] = row[from + sampleBytes] ?? 0;
      rgb[to + 2] = row[from + 2 * sampleBytes] ?? 0;
    }
  };
}

/** Pillow reads 16-bit grey as integers and clips them to 8 bits: most of such an image turns white. */
const writeClipped: WritePixels = (row, columns, rgb, at, step) => {
  for (let x = 0, from = 0, to = at; x < columns; x++, from += 2, to += step) {
    const sample = (row[from] ?? 0) > 0 ? 255 : (row[from + 1] ?? 0);
    rgb[to] = sample;
    rgb[to + 1] = sample;
    rgb[to + 2] = sample;
  }
};
