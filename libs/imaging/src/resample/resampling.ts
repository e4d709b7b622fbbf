import type { ResamplePlan } from './resample-plan.js';
import { TARGET_BYTES, TARGET_SIZE_PX } from './target-window.js';
import { wasmKernel } from '../wasm-kernel.js';
import { alignAddress, reserveMemory } from '../wasm-memory.js';

/** 224 pixels of RGB and padding, as the kernel lays them out. */
const NARROW_ROW_BYTES = 688;
const STARTS_BYTES = TARGET_SIZE_PX * Int32Array.BYTES_PER_ELEMENT;
/** How many bytes the horizontal pass may read behind the last pixel of a block. */
export const OVERREAD_BYTES = 32;

/**
 * The resampling of one image in the kernel's memory: rows are added from the top, then the target is read.
 * Nothing else may use the kernel in between, so all of this is synchronous.
 */
export interface Resampling {
  /** First free address behind the resampling's own memory, where rows may be placed. */
  readonly free: number;
  /** Adds `count` rows of RGB at `address`, `stride` bytes apart, from the window's left edge on. */
  addRows(address: number, stride: number, count: number): void;
  /** The target, RGB, [224][224][3], after all rows of the window were added. */
  finish(): Uint8Array;
}

/** Lays out the kernel's memory for a plan: weights, narrow rows, target, and space for rows. */
export function beginResampling(plan: ResamplePlan, blockBytes: number): Resampling {
  const kernel = wasmKernel();
  const { columns, rows, packedColumns, packedRows } = plan;
  const columnStarts = alignAddress(kernel.heapBase());
  const rowStarts = columnStarts + STARTS_BYTES;
  const columnWeights = rowStarts + STARTS_BYTES;
  const rowWeights = alignAddress(columnWeights + packedColumns.weights.byteLength);
  const narrow = alignAddress(rowWeights + packedRows.weights.byteLength);
  // Extra rows: the vertical pass reads padded taps, and rows are added in pairs.
  const narrowRows = rows.to - rows.from + packedRows.units * 2 + 1;
  const target = alignAddress(narrow + narrowRows * NARROW_ROW_BYTES);
  const free = alignAddress(target + TARGET_BYTES);
  reserveMemory(kernel.memory, free + blockBytes + OVERREAD_BYTES + packedColumns.units * 12);

  const { buffer } = kernel.memory;
  const toColumn = new Int32Array(buffer, columnStarts, TARGET_SIZE_PX);
  const toRow = new Int32Array(buffer, rowStarts, TARGET_SIZE_PX);
  for (let index = 0; index < TARGET_SIZE_PX; index++) {
    toColumn[index] = ((columns.starts[index] ?? 0) - columns.from) * 3;
    toRow[index] = ((rows.starts[index] ?? 0) - rows.from) * NARROW_ROW_BYTES;
  }
  new Int16Array(buffer, columnWeights).set(packedColumns.weights);
  new Int16Array(buffer, rowWeights).set(packedRows.weights);

  let next = narrow;
  return {
    free,
    addRows(address, stride, count) {
      kernel.filterRows(
        address,
        stride,
        count,
        columnStarts,
        columnWeights,
        packedColumns.units,
        next,
      );
      next += count * NARROW_ROW_BYTES;
    },
    finish() {
      kernel.filterColumns(narrow, rowStarts, rowWeights, packedRows.units, target);
      return new Uint8Array(buffer).slice(target, target + TARGET_BYTES);
    },
  };
}
