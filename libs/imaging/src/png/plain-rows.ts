import { wasmKernel } from '../wasm-kernel.js';
import { alignAddress } from '../wasm-memory.js';
import { inflaterBytes, PngInflater } from './png-inflater.js';
import type { PlainPng } from './scan-png.js';

const BLOCK_BYTES = 256 * 1024;
/** Rows that are unfiltered together. */
const WAVEFRONT_ROWS = 4;
/** Space before and behind a row that the kernel overwrites. */
const MARGIN_BYTES = 16;
const ROOM_BEHIND_BYTES = 48;

/** `decodePng` decodes images with longer rows, since a block must hold four rows. */
const MAX_ROW_BYTES = 1024 * 1024;

/** Some rows of an image in the kernel's memory, as RGB. */
export interface RowBlock {
  /** Address of the first pixel of the first row. */
  readonly address: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  readonly firstRow: number;
  readonly count: number;
}

/** The part of an image that is needed, from its upper left corner. */
export interface WantedRows {
  readonly columns: number;
  readonly rows: number;
}

/** Whether an image's rows are narrow enough to be read here. */
export function hasReadableRows({ widthPx, pixelBytes }: PlainPng): boolean {
  return widthPx * pixelBytes <= MAX_ROW_BYTES;
}

/** Bytes of the kernel's memory that are needed to read the rows. */
export function rowsBytes(png: PlainPng, { columns }: WantedRows): number {
  const { rgbBytes, blockBytes } = measure(png, columns);
  return rgbBytes + inflaterBytes(blockBytes);
}

/**
 * Inflates a plain PNG and undoes the filters of its rows, block by block. The whole image is never in memory
 * at once.
 * @param address address of `rowsBytes` free bytes in the kernel's memory
 * @param onBlock called with the needed rows in order; the next block overwrites them
 * @param onInflated called with the time that inflating a block took, in milliseconds
 * @returns false if the stream is damaged or not exactly as long as the header says, or a row has an unknown
 *   filter
 */
export function readPlainRows(
  png: PlainPng,
  wanted: WantedRows,
  address: number,
  onBlock: (block: RowBlock) => void,
  onInflated: (durationMs: number) => void = () => undefined,
): boolean {
  const { heightPx, pixelBytes, idat } = png;
  const { rawStride, rgbStride, rowsAtOnce, rgbBytes } = measure(png, wanted.columns);
  const inflater = new PngInflater(idat, address + rgbBytes);
  const layout = {
    raw: inflater.place,
    rawStride,
    rgb: address + rgbStride + MARGIN_BYTES,
    rgbStride,
  };
  const memory = new Uint8Array(wasmKernel().memory.buffer);
  memory.fill(0, layout.rgb - rgbStride, layout.rgb);
  if (!inflater.begin()) return false;
  for (let y = 0; y < heightPx; y += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, heightPx - y);
    const startedMs = performance.now();
    if (!inflater.next(count * rawStride)) return false;
    onInflated(performance.now() - startedMs);
    if (y < wanted.rows) {
      if (!unfilter(memory, layout, count, pixelBytes, wanted.columns)) return false;
      const shown = Math.min(count, wanted.rows - y);
      onBlock({ address: layout.rgb, stride: rgbStride, firstRow: y, count: shown });
      const last = layout.rgb + (rowsAtOnce - 1) * rgbStride;
      memory.copyWithin(layout.rgb - rgbStride, last, last + wanted.columns * 3);
    }
    inflater.drop(count * rawStride);
  }
  return inflater.end();
}

function measure({ widthPx, pixelBytes }: PlainPng, columns: number) {
  const rawStride = 1 + widthPx * pixelBytes;
  const rgbStride = alignAddress(columns * 3 + ROOM_BEHIND_BYTES);
  const rowsAtOnce =
    Math.max(1, Math.floor(BLOCK_BYTES / rawStride / WAVEFRONT_ROWS)) * WAVEFRONT_ROWS;
  const rgbBytes = (rowsAtOnce + 1) * rgbStride + MARGIN_BYTES;
  return { rawStride, rgbStride, rowsAtOnce, rgbBytes, blockBytes: rowsAtOnce * rawStride };
}

/** Addresses of a block's rows in the kernel's memory. */
interface BlockLayout {
  /** Inflated rows, with their filters. */
  readonly raw: number;
  readonly rawStride: number;
  /** First row of the block; the last row of the previous block is right before it. */
  readonly rgb: number;
  readonly rgbStride: number;
}

/** Undoes the filters of a block's rows. Returns false if one has an unknown filter. */
function unfilter(
  memory: Uint8Array,
  layout: BlockLayout,
  count: number,
  pixelBytes: number,
  columns: number,
): boolean {
  const whole = Math.ceil(count / WAVEFRONT_ROWS) * WAVEFRONT_ROWS;
  // The kernel always processes four rows: rows behind the last one get filter 0 and are ignored.
  for (let row = count; row < whole; row++) memory[layout.raw + row * layout.rawStride] = 0;
  const { raw, rawStride, rgb, rgbStride } = layout;
  return (
    wasmKernel().unfilterRows(raw, rawStride, pixelBytes, columns, whole, rgb, rgbStride) !== 0
  );
}
