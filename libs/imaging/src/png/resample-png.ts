import { resamplePlan } from '../resample/resample-plan.js';
import { beginResampling, type Resampling } from '../resample/resampling.js';
import { wasmKernel } from '../resample/wasm-kernel.js';
import type { PlainPng } from './scan-png.js';

const BLOCK_BYTES = 256 * 1024;
/** Rows that are unfiltered together. */
const WAVEFRONT_ROWS = 4;
/** Room before and behind a row that the wavefront runs over. */
const MARGIN_BYTES = 16;
const ROOM_BEHIND_BYTES = 48;

/** Where a block's rows lie in the kernel's memory. */
interface BlockLayout {
  readonly rows: number;
  readonly raw: number;
  readonly rawStride: number;
  /** First row of the block; the last one of the block before lies above it. */
  readonly rgb: number;
  readonly rgbStride: number;
}

/**
 * Unfilters a plain PNG and resamples it on the way, block by block; the result is that of decoding
 * and `resampleExact`.
 * @param filtered the inflated rows, [heightPx][1 + widthPx * pixelBytes]
 * @returns RGB, 8 bits, [224][224][3]; undefined when a row has a filter that does not exist
 */
export function resamplePng(png: PlainPng, filtered: Buffer): Uint8Array | undefined {
  const plan = resamplePlan(png.widthPx, png.heightPx);
  const { columns, rows } = plan;
  const rawStride = 1 + png.widthPx * png.pixelBytes;
  const rgbStride = Math.ceil((columns.to * 3 + ROOM_BEHIND_BYTES) / 16) * 16;
  const rowsAtOnce =
    Math.max(1, Math.floor(BLOCK_BYTES / rawStride / WAVEFRONT_ROWS)) * WAVEFRONT_ROWS;
  const rawBytes = Math.ceil((MARGIN_BYTES + rowsAtOnce * rawStride + ROOM_BEHIND_BYTES) / 16) * 16;
  const resampling = beginResampling(plan, rawBytes + (rowsAtOnce + 1) * rgbStride);
  const layout = {
    rows: rowsAtOnce,
    raw: resampling.free + MARGIN_BYTES,
    rawStride,
    rgb: resampling.free + rawBytes + rgbStride + MARGIN_BYTES,
    rgbStride,
  };
  const memory = new Uint8Array(wasmKernel().memory.buffer);
  memory.fill(0, layout.rgb - rgbStride, layout.rgb);
  for (let y = 0; y < rows.to; y += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows.to - y);
    memory.set(filtered.subarray(y * rawStride, (y + count) * rawStride), layout.raw);
    if (!unfilter(memory, layout, count, png.pixelBytes, columns.to)) return undefined;
    addWanted(resampling, layout, Math.max(0, rows.from - y), count, columns.from);
    const last = layout.rgb + (rowsAtOnce - 1) * rgbStride;
    memory.copyWithin(layout.rgb - rgbStride, last, last + columns.to * 3);
  }
  return resampling.finish();
}

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
