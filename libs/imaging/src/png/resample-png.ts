import { resamplePlan } from '../resample/resample-plan.js';
import { beginResampling, type Resampling } from '../resample/resampling.js';
import { wasmKernel } from '../wasm-kernel.js';
import { inflaterBytes, PngInflater } from './png-inflater.js';
import type { PlainPng } from './scan-png.js';

const BLOCK_BYTES = 256 * 1024;
/** Rows that are unfiltered together. */
const WAVEFRONT_ROWS = 4;
/** Room before and behind a row that the wavefront runs over. */
const MARGIN_BYTES = 16;
const ROOM_BEHIND_BYTES = 48;

/** Where a block's rows lie in the kernel's memory. */
interface BlockLayout {
  /** Inflated rows, with their filters. */
  readonly raw: number;
  readonly rawStride: number;
  /** First row of the block; the last one of the block before lies above it. */
  readonly rgb: number;
  readonly rgbStride: number;
}

/**
 * Inflates a plain PNG, undoes the filters of its rows and resamples them, block by block; the result is
 * that of decoding and `resampleExact`. The image is never in memory as a whole.
 * @param onInflated told how long a block took to inflate, in milliseconds
 * @returns RGB, 8 bits, [224][224][3]; undefined when the stream is damaged or not exactly as long as
 *   the header announces, or a row has a filter that does not exist
 */
export function resamplePng(
  png: PlainPng,
  onInflated: (durationMs: number) => void,
): Uint8Array | undefined {
  const { widthPx, heightPx, pixelBytes, idat } = png;
  const plan = resamplePlan(widthPx, heightPx);
  const { columns, rows } = plan;
  const rawStride = 1 + widthPx * pixelBytes;
  const rgbStride = align(columns.to * 3 + ROOM_BEHIND_BYTES);
  const rowsAtOnce =
    Math.max(1, Math.floor(BLOCK_BYTES / rawStride / WAVEFRONT_ROWS)) * WAVEFRONT_ROWS;
  const rgbBytes = (rowsAtOnce + 1) * rgbStride + MARGIN_BYTES;
  const blockBytes = rowsAtOnce * rawStride;
  const resampling = beginResampling(plan, rgbBytes + inflaterBytes(blockBytes));
  const inflater = new PngInflater(idat, resampling.free + rgbBytes);
  const layout = {
    raw: inflater.place,
    rawStride,
    rgb: resampling.free + rgbStride + MARGIN_BYTES,
    rgbStride,
  };
  const memory = new Uint8Array(wasmKernel().memory.buffer);
  memory.fill(0, layout.rgb - rgbStride, layout.rgb);
  if (!inflater.begin()) return undefined;
  for (let y = 0; y < heightPx; y += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, heightPx - y);
    const startedMs = performance.now();
    if (!inflater.next(count * rawStride)) return undefined;
    onInflated(performance.now() - startedMs);
    if (y < rows.to) {
      if (!unfilter(memory, layout, count, pixelBytes, columns.to)) return undefined;
      const wanted = Math.min(count, rows.to - y);
      addWanted(resampling, layout, Math.max(0, rows.from - y), wanted, columns.from);
      const last = layout.rgb + (rowsAtOnce - 1) * rgbStride;
      memory.copyWithin(layout.rgb - rgbStride, last, last + columns.to * 3);
    }
    inflater.drop(count * rawStride);
  }
  return inflater.end() ? resampling.finish() : undefined;
}

function align(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
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

function addWanted(
  resampling: Resampling,
  layout: BlockLayout,
  skipped: number,
  count: number,
  firstColumn: number,
): void {
  if (skipped >= count) return;
  const address = layout.rgb + skipped * layout.rgbStride + firstColumn * 3;
  resampling.addRows(address, layout.rgbStride, count - skipped);
}
