import { wasmKernel } from '../wasm-kernel.js';
import { alignAddress } from '../wasm-memory.js';
import { inflaterBytes, PngInflater } from './png-inflater.js';
import type { PlainPng } from './scan-png.js';

const BLOCK_BYTES = 256 * 1024;
/** Rows that are unfiltered together. */
const WAVEFRONT_ROWS = 4;
/** Room before and behind a row that the wavefront runs over. */
const MARGIN_BYTES = 16;
const ROOM_BEHIND_BYTES = 48;

/** Wider images are left to `decodePng`: a block holds four rows at least. */
const MAX_ROW_BYTES = 1024 * 1024;

/** Some rows of an image in the kernel's memory, as RGB. */
export interface RowBlock {
  /** Of the first pixel of the first row. */
  readonly address: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  readonly firstRow: number;
  readonly count: number;
}

/** How much of an image is wanted, from its upper left corner on. */
export interface WantedRows {
  readonly columns: number;
  readonly rows: number;
}

/** Whether an image's rows are narrow enough to be read here. */
export function hasReadableRows({ widthPx, pixelBytes }: PlainPng): boolean {
  return widthPx * pixelBytes <= MAX_ROW_BYTES;
}

/** Bytes of the kernel's memory that reading the rows takes. */
export function rowsBytes(png: PlainPng, { columns }: WantedRows): number {
  const { rgbBytes, blockBytes } = measure(png, columns);
  return rgbBytes + inflaterBytes(blockBytes);
}

/**
 * Inflates a plain PNG and undoes the filters of its rows, block by block. The image is never in memory as
 * a whole.
 * @param address of `rowsBytes` bytes of the kernel's memory
 * @param onBlock called with the wanted rows in order; what is in memory is overwritten by the next ones
 * @param onInflated told how long a block took to inflate, in milliseconds
 * @returns false when the stream is damaged or not exactly as long as the header announces, or a row has
 *   a filter that does not exist
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

/** Where a block's rows lie in the kernel's memory. */
interface BlockLayout {
  /** Inflated rows, with their filters. */
  readonly raw: number;
  readonly rawStride: number;
  /** First row of the block; the last one of the block before lies above it. */
  readonly rgb: number;
  readonly rgbStride: number;
}

/** Undoes the filters of a block's rows. False when one has a filter that does not exist. */
function unfilter(
  memory: Uint8Array,
  layout: BlockLayout,
  count: number,
  pixelBytes: number,
  columns: number,
): boolean {
  const whole = Math.ceil(count / WAVEFRONT_ROWS) * WAVEFRONT_ROWS;
  // What lies behind the image's last row is worked on with it and never looked at.
  for (let row = count; row < whole; row++) memory[layout.raw + row * layout.rawStride] = 0;
  const { raw, rawStride, rgb, rgbStride } = layout;
  return (
    wasmKernel().unfilterRows(raw, rawStride, pixelBytes, columns, whole, rgb, rgbStride) !== 0
  );
}
