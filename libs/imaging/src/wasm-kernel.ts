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
  /** 0 when a row has a filter that does not exist. */
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
  /** The first byte that has not been read. */
  inflatedFrom(): number;
  /** The first byte that has not been written. */
  inflatedTo(): number;
  /** Tells by how many bytes input and output were moved to the front. */
  moveInflating(inputBytes: number, outputBytes: number): void;
  /** 0 to go on with more input or room, 1 at the end of the stream, 2 when it is none. */
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
