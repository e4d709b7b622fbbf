import { resamplePlan } from '../resample/resample-plan.js';
import { beginResampling, type Resampling } from '../resample/resampling.js';
import { readPlainRows, rowsBytes, type RowBlock } from './plain-rows.js';
import type { PlainPng } from './scan-png.js';

/**
 * Resamples a plain PNG while it is inflated. The result is the same as by decoding and `resampleExact`.
 * @param onInflated called with the time that inflating a block took, in milliseconds
 * @returns RGB, 8 bits, [224][224][3]; undefined if the stream is damaged or not exactly as long as the header
 *   says, or a row has an unknown filter
 */
export function resamplePng(
  png: PlainPng,
  onInflated: (durationMs: number) => void,
): Uint8Array | undefined {
  const plan = resamplePlan(png.widthPx, png.heightPx);
  const { columns, rows } = plan;
  const wanted = { columns: columns.to, rows: rows.to };
  const resampling = beginResampling(plan, rowsBytes(png, wanted));
  const addBlock = (block: RowBlock) => addRows(resampling, block, rows.from, columns.from);
  const isSound = readPlainRows(png, wanted, resampling.free, addBlock, onInflated);
  return isSound ? resampling.finish() : undefined;
}

/** Adds those rows of a block from which the target is computed. */
function addRows(
  resampling: Resampling,
  { address, stride, firstRow, count }: RowBlock,
  from: number,
  firstColumn: number,
): void {
  const skipped = Math.max(0, from - firstRow);
  if (skipped >= count) return;
  resampling.addRows(address + skipped * stride + firstColumn * 3, stride, count - skipped);
}
