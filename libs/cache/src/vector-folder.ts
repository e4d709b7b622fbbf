import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { toStorageFault } from './storage-fault.js';
import { toVectorChecksum } from './vector-checksum.js';
import { readVectorFile, writeVectorFile, type VectorFile } from './vector-file.js';
import { CHUNK_ROWS } from './vector-chunk.js';
import type { VectorPack } from './vector-pack.js';

/**
 * How long a file must have been left alone to be copied: any later change then has another change
 * time, on whatever file system (FAT counts in two seconds).
 */
const SETTLED_MS = 2_000;

/** The result of comparing a vector's file with its checksum or its packed copy. */
export type CheckedVector =
  /** `isProven`: its checksum holds, or a packed copy has the same values. */
  | { readonly state: 'sound'; readonly vector: Float32Array; readonly isProven: boolean }
  | Exclude<VectorFile, { state: 'sound' }>;

/** The vector files of one recipe, each named by its short hash, and their packed copy if there is one. */
export class VectorFolder {
  readonly path: string;
  readonly #pack: VectorPack | undefined;
  readonly #readsCopies: boolean;
  /** Just written, oldest first: too new to be copied. */
  readonly #fresh: {
    readonly hash: string;
    readonly crc32: number;
    readonly writtenAtMs: number;
  }[] = [];

  /** @param use of the packed copy: instead of the files, or to compare files without a checksum with */
  constructor(path: string, pack?: VectorPack, use: 'instead' | 'to-compare' = 'instead') {
    this.path = path;
    this.#pack = pack;
    this.#readsCopies = use === 'instead';
  }

  toPath(hash: string): string {
    return join(this.path, `${hash}.npy`);
  }

  /**
   * @param crc32 what the vector's checksum must be; without it, the vector must be that of its
   *   packed copy, if there is one
   * @throws {TransientError} where the file is there and cannot be read
   */
  read(hash: string, crc32: number | undefined): CheckedVector {
    const path = this.toPath(hash);
    if (this.#pack === undefined || !this.#readsCopies) return this.#readFile(hash, crc32);
    const changedMs = readChangeTime(path);
    if (changedMs === undefined) return this.#readFile(hash, crc32);
    const copy = this.#pack.find(hash, changedMs);
    if (copy !== undefined && (crc32 === undefined || toVectorChecksum(copy) === crc32)) {
      return { state: 'sound', vector: copy, isProven: true };
    }
    const file = this.#readFile(hash, crc32);
    // Read before the file: if the file changes in between, the copy has the old time and never counts.
    const isSettled = changedMs < Date.now() - SETTLED_MS;
    if (file.state === 'sound' && crc32 !== undefined && isSettled) {
      this.#pack.add(hash, changedMs, file.vector);
    }
    return file;
  }

  /** @throws {TransientError} saying what to do about the disk */
  write(hash: string, vector: Float32Array): void {
    writeVectorFile(this.toPath(hash), vector);
    if (this.#pack === undefined) return;
    this.#fresh.push({ hash, crc32: toVectorChecksum(vector), writtenAtMs: Date.now() });
    const last = this.#fresh[CHUNK_ROWS - 1];
    if (last === undefined || last.writtenAtMs >= Date.now() - SETTLED_MS) return;
    // Reading a vector adds it to the packed copy.
    for (const { hash: settled, crc32 } of this.#fresh.splice(0, CHUNK_ROWS)) {
      this.read(settled, crc32);
    }
  }

  /** The short hash and size of every vector file, in the order of their names. */
  list(): { hash: string; sizeBytes: number }[] {
    return namesIn(this.path).flatMap((name) => {
      const hash = /^([0-9a-f]{16})\.npy$/.exec(name)?.[1];
      if (hash === undefined) return [];
      const found = statSync(join(this.path, name), { throwIfNoEntry: false });
      return found === undefined ? [] : { hash, sizeBytes: found.size };
    });
  }

  #readFile(hash: string, crc32: number | undefined): CheckedVector {
    const file = readVectorFile(this.toPath(hash));
    if (file.state !== 'sound') return file;
    const { vector } = file;
    if (crc32 !== undefined) {
      return toVectorChecksum(vector) === crc32
        ? { state: 'sound', vector, isProven: true }
        : { state: 'damaged', problem: 'values that its checksum does not fit' };
    }
    const copy = this.#pack?.findNewest(hash);
    if (copy === undefined) return { state: 'sound', vector, isProven: false };
    return toVectorChecksum(vector) === toVectorChecksum(copy)
      ? { state: 'sound', vector, isProven: true }
      : { state: 'damaged', problem: 'other values than in its packed copy' };
  }
}

/** Undefined if there is no file or its time cannot be read: reading it reports the error. */
function readChangeTime(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.ctimeMs;
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (cause) {
    throw toStorageFault('cannot list the vectors in', folder, cause);
  }
}
