import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The functions of `assembly/`; addresses and sizes are in bytes of its memory. */
export interface WasmKernel {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  filterRows(
    source: number,
    stride: number,
    rows: number,
    starts: number,
    weights: number,
    groups: number,
    target: number,
  ): void;
  filterColumns(
    source: number,
    starts: number,
    weights: number,
    pairs: number,
    target: number,
  ): void;
  /** Returns 0 if a row has an unknown filter. */
  unfilterRows(
    raw: number,
    rawStride: number,
    pixelBytes: number,
    columns: number,
    rows: number,
    target: number,
    stride: number,
  ): number;
  beginInflating(source: number, target: number): void;
  /** Address of the first byte that has not been read. */
  inflatedFrom(): number;
  /** Address of the first byte that has not been written. */
  inflatedTo(): number;
  /** To be called after input and output were moved to the front by so many bytes. */
  moveInflating(inputBytes: number, outputBytes: number): void;
  /** Returns 0 if it needs more input or space, 1 at the end of the stream, 2 if the stream is invalid. */
  inflate(inputEnd: number, isAll: boolean, outputLimit: number): number;
  adler32(before: number, from: number, length: number): number;
}

const file = '@cullstream/imaging/kernel.wasm';
let kernel: WasmKernel | undefined;

/**
 * This thread's instance of the WebAssembly module.
 * @throws Error when the module has not been built
 */
export function wasmKernel(): WasmKernel {
  kernel ??= new WebAssembly.Instance(loadModule()).exports as unknown as WasmKernel;
  return kernel;
}

function loadModule(): WebAssembly.Module {
  try {
    return new WebAssembly.Module(readFileSync(createRequire(import.meta.url).resolve(file)));
  } catch (cause) {
    throw new Error(`${file}: cannot be loaded; build it with "npm run build:wasm"`, { cause });
  }
}
