import { inflaterBytes, PngInflater } from '../src/png/png-inflater.js';
import { wasmKernel } from '../src/wasm-kernel.js';
import { alignAddress, reserveMemory } from '../src/wasm-memory.js';

/**
 * Inflates a zlib stream in the kernel, piece by piece.
 * @param chunks of the stream
 * @param length bytes that it should have when inflated
 * @param pieceBytes bytes that are asked for at a time
 * @returns undefined if the kernel refuses the stream
 */
export function inflateInKernel(
  chunks: readonly Buffer[],
  length: number,
  pieceBytes: number,
): Buffer | undefined {
  const kernel = wasmKernel();
  const address = alignAddress(kernel.heapBase());
  reserveMemory(kernel.memory, address + inflaterBytes(pieceBytes));
  const inflater = new PngInflater(chunks, address);
  if (!inflater.begin()) return undefined;
  const out = Buffer.alloc(length);
  for (let at = 0; at < length; at += pieceBytes) {
    const bytes = Math.min(pieceBytes, length - at);
    if (!inflater.next(bytes)) return undefined;
    out.set(new Uint8Array(kernel.memory.buffer, inflater.place, bytes), at);
    inflater.drop(bytes);
  }
  return inflater.end() ? out : undefined;
}
