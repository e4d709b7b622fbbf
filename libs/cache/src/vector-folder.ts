import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { toStorageFault } from './storage-fault.js';
import { readVectorFile, writeVectorFile, type VectorFile } from './vector-file.js';
import { CHUNK_ROWS, type VectorPack } from './vector-pack.js';

/**
 * How long a file must have been left alone to be copied: any later change then has another change
 * time, on whatever file system (FAT counts in two seconds).
 */
const SETTLED_MS = 2_000;

/** The vector files of one recipe, each named by its short hash, and their packed copy if there is one. */
export class VectorFolder {
  readonly path: string;
  readonly #pack: VectorPack | undefined;
  /** Just written, oldest first: too new to be copied. */
  readonly #fresh: { readonly hash: string; readonly writtenAtMs: number }[] = [];

  constructor(path: string, pack?: VectorPack) {
    this.path = path;
    this.#pack = pack;
  }

  pathOf(hash: string): string {
    return join(this.path, `${hash}.npy`);
  }

  /** @throws {TransientError} where the file is there and cannot be read */
  read(hash: string): VectorFile {
    const path = this.pathOf(hash);
    if (this.#pack === undefined) return readVectorFile(path);
    const changedMs = changeTimeOf(path);
    if (changedMs === undefined) return { state: 'absent' };
    const copy = this.#pack.find(hash, changedMs);
    if (copy !== undefined) return { state: 'sound', vector: copy };
    const file = readVectorFile(path);
    // Asked before reading: a change between the two makes a copy that never counts.
    const isSettled = changedMs < Date.now() - SETTLED_MS;
    if (file.state === 'sound' && isSettled) this.#pack.add(hash, changedMs, file.vector);
    return file;
  }

  /** @throws {TransientError} saying what to do about the disk */
  write(hash: string, vector: Float32Array): void {
    writeVectorFile(this.pathOf(hash), vector);
    if (this.#pack === undefined) return;
    this.#fresh.push({ hash, writtenAtMs: Date.now() });
    const last = this.#fresh[CHUNK_ROWS - 1];
    if (last === undefined || last.writtenAtMs >= Date.now() - SETTLED_MS) return;
    // Reading is what copies.
    for (const { hash: settled } of this.#fresh.splice(0, CHUNK_ROWS)) this.read(settled);
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
}

function changeTimeOf(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.ctimeMs;
  } catch (cause) {
    throw toStorageFault('cannot read the vector', path, cause);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (cause) {
    throw toStorageFault('cannot list the vectors in', folder, cause);
  }
}
