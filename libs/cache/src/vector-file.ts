import { closeSync, readSync, renameSync } from 'node:fs';
import { EMBEDDING_LENGTH } from '@cullstream/contracts';
import {
  toErrno,
  NotRegularFileError,
  openRegularFileSync,
  writeFileAtomicSync,
} from '@cullstream/files';
import { decodeNpy, encodeNpy, NPY_HEADER_BYTES, NpyFormatError } from './npy.js';
import { isFileFault, toStorageFault } from './storage-fault.js';

/** Bytes of a `.npy` file with one embedding: 128 of header, 4 a value. */
const VECTOR_FILE_BYTES = NPY_HEADER_BYTES + EMBEDDING_LENGTH * Float32Array.BYTES_PER_ELEMENT;

export type VectorFile =
  | { readonly state: 'sound'; readonly vector: Float32Array }
  | { readonly state: 'absent' }
  | { readonly state: 'damaged'; readonly problem: string };

/**
 * Reads one embedding, float32 [512], and checks header, length and that every value is finite.
 * Synchronous: a small read from the page cache costs less than a turn through the thread pool,
 * which decoding keeps busy.
 *
 * If only this file cannot be read, it counts as damaged: computing it again costs less than waiting.
 *
 * @throws {TransientError} where nothing in its folder can be read now
 */
export function readVectorFile(path: string): VectorFile {
  try {
    const bytes = readSmallFile(path);
    if (bytes === undefined) return { state: 'absent' };
    if (bytes.byteLength !== VECTOR_FILE_BYTES) {
      return { state: 'damaged', problem: `not ${VECTOR_FILE_BYTES} bytes long` };
    }
    const vector = decodeNpy(bytes);
    return isFiniteVector(vector)
      ? { state: 'sound', vector }
      : { state: 'damaged', problem: 'values that are not finite' };
  } catch (cause) {
    if (cause instanceof NpyFormatError) return { state: 'damaged', problem: cause.message };
    if (isFileFault(cause, path)) {
      return { state: 'damaged', problem: `it cannot be read (${toErrno(cause) ?? ''})` };
    }
    throw toStorageFault('cannot read the vector', path, cause);
  }
}

/** Reused for every read: new memory for each would take a fifth longer. */
const smallFile = Buffer.allocUnsafeSlow(VECTOR_FILE_BYTES + 1);

/**
 * The whole file; if it is too long, only one byte more than a vector takes. Undefined without a file.
 * Valid until the next call.
 */
function readSmallFile(path: string): Buffer | undefined {
  let file: number;
  try {
    file = openRegularFileSync(path);
  } catch (cause) {
    if (toErrno(cause) === 'ENOENT') return undefined;
    if (cause instanceof NotRegularFileError) return Buffer.alloc(0);
    throw cause;
  }
  try {
    return smallFile.subarray(0, readSync(file, smallFile, 0, smallFile.byteLength, 0));
  } finally {
    closeSync(file);
  }
}

/** Whether every value is a number in float32's range. */
export function isFiniteVector(vector: Float32Array): boolean {
  // A plain loop: this runs for every cached image, and a callback for each value takes ten times as long.
  for (const value of vector) if (!Number.isFinite(value)) return false;
  return true;
}

/**
 * Writes one embedding under a temporary name and renames it, so that a file with the final name is always
 * complete. It is not synced to disk: after a power loss a vector may be missing or empty. Reading notices
 * that, and computing it again costs less than a sync for each image.
 *
 * @throws {TransientError} saying what to do about the disk
 */
export function writeVectorFile(path: string, vector: Float32Array): void {
  try {
    writeFileAtomicSync(path, encodeNpy(vector));
  } catch (cause) {
    throw toStorageFault('cannot store the vector', path, cause);
  }
}

const NAME_TAKEN = new Set(['EEXIST', 'EISDIR', 'ENOTDIR', 'ENOTEMPTY']);

/** Renames a damaged file to `<name>.corrupt`, so that it can be looked at and a sound one take its place. */
export function moveAside(path: string): void {
  const aside = `${path}.corrupt`;
  try {
    try {
      renameSync(path, aside);
    } catch (cause) {
      // If the name is taken by a folder, or this is a folder, a name with the time is used.
      if (!NAME_TAKEN.has(toErrno(cause) ?? '')) throw cause;
      renameSync(path, `${aside}-${Date.now()}`);
    }
  } catch (cause) {
    // Another process has moved it, and may have written it again already.
    if (toErrno(cause) !== 'ENOENT') {
      throw toStorageFault('cannot move the damaged vector aside:', path, cause);
    }
  }
}
