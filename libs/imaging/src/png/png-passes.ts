import type { PngHeader } from './png-header.js';

/** A part of an image whose rows follow each other in the stream: the whole image, or a pass of Adam7. */
export interface PngPass {
  readonly firstX: number;
  readonly firstY: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly columns: number;
  readonly rows: number;
  /** Bytes of a row without its filter. */
  readonly rowBytes: number;
}

/** Start and step in x and y of the passes of an interlaced image (PNG specification, 8.1). */
const ADAM7 = [
  [0, 8, 0, 8],
  [4, 8, 0, 8],
  [0, 4, 4, 8],
  [2, 4, 0, 4],
  [0, 2, 2, 4],
  [1, 2, 0, 2],
  [0, 1, 1, 2],
] as const;
const ALL_AT_ONCE = [[0, 1, 0, 1]] as const;
const SAMPLES_OF_COLOUR = new Map([
  [2, 3],
  [4, 2],
  [6, 4],
]);

/** Bits of a pixel. */
export function bitsOfPixel({ depth, colour }: Pick<PngHeader, 'depth' | 'colour'>): number {
  return depth * (SAMPLES_OF_COLOUR.get(colour) ?? 1);
}

/** The passes of an image that have pixels, in the order of the stream. */
export function pngPasses(header: PngHeader): PngPass[] {
  const { widthPx, heightPx, isInterlaced } = header;
  return (isInterlaced ? ADAM7 : ALL_AT_ONCE)
    .map(([firstX, stepX, firstY, stepY]) => {
      const columns = Math.ceil((widthPx - firstX) / stepX);
      const rows = Math.ceil((heightPx - firstY) / stepY);
      const rowBytes = Math.ceil((columns * bitsOfPixel(header)) / 8);
      return { firstX, firstY, stepX, stepY, columns, rows, rowBytes };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}
