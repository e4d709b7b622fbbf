import type { DecodeOptions } from '../decode/decode-options.js';
import { PixelMemory } from '../decode/pixel-memory.js';
import type { RgbImage } from '../decode/rgb-image.js';
import { wasmKernel } from '../wasm-kernel.js';
import { alignAddress, reserveMemory } from '../wasm-memory.js';
import { hasReadableRows, readPlainRows, rowsBytes, type RowBlock } from './plain-rows.js';
import { scanPng } from './scan-png.js';

/**
 * Decodes a plain PNG to the same pixels as `decodePng`, several times as fast. Blocks the calling thread.
 * @returns undefined for every other PNG, including damaged ones, which `decodePng` handles
 */
export function decodePlainPng(
  bytes: Uint8Array,
  { crc32, memory = new PixelMemory() }: Pick<DecodeOptions, 'crc32' | 'memory'> = {},
): RgbImage | undefined {
  const png = scanPng(bytes, crc32);
  if (png === undefined || !hasReadableRows(png)) return undefined;
  const { widthPx, heightPx } = png;
  const kernel = wasmKernel();
  const wanted = { columns: widthPx, rows: heightPx };
  const address = alignAddress(kernel.heapBase());
  reserveMemory(kernel.memory, address + rowsBytes(png, wanted));
  const kernelBytes = new Uint8Array(kernel.memory.buffer);
  const rowBytes = widthPx * 3;
  const pixels = memory.take(heightPx * rowBytes);
  const take = ({ address: from, stride, firstRow, count }: RowBlock) => {
    for (let row = 0; row < count; row++) {
      const start = from + row * stride;
      pixels.set(kernelBytes.subarray(start, start + rowBytes), (firstRow + row) * rowBytes);
    }
  };
  return readPlainRows(png, wanted, address, take) ? { pixels, widthPx, heightPx } : undefined;
}
