import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What is used of `libs/imaging/assembly`; addresses and sizes are in bytes of its memory. */
interface Kernel {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  beginInflating(source: number, target: number): void;
  inflatedTo(): number;
  inflate(inputEnd: number, isAll: boolean, outputLimit: number): number;
}

const PAGE_BYTES = 64 * 1024;
/** How far the kernel may read behind the input, and write behind the output. */
const ROOM_BYTES = 1_024;
const ENDED = 1;

/**
 * Prepares the kernel to inflate a raw deflate stream in one piece.
 * @returns a function that does it and returns a view of the result
 * @throws Error, from that function, when the stream does not end with these many bytes
 */
export function prepareKernel(deflated: Buffer, bytes: number): () => Uint8Array {
  const path = createRequire(import.meta.url).resolve('@cullstream/imaging/kernel.wasm');
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)));
  const kernel = exports as unknown as Kernel;
  const input = kernel.heapBase();
  const output = input + deflated.length + ROOM_BYTES;
  kernel.memory.grow(Math.ceil((output + bytes + ROOM_BYTES) / PAGE_BYTES));
  const memory = new Uint8Array(kernel.memory.buffer);
  return () => {
    memory.set(deflated, input);
    kernel.beginInflating(input, output);
    const state = kernel.inflate(input + deflated.length, true, output + bytes + 1);
    if (state !== ENDED || kernel.inflatedTo() !== output + bytes) {
      throw new Error('the kernel does not inflate the stream');
    }
    return memory.subarray(output, output + bytes);
  };
}
