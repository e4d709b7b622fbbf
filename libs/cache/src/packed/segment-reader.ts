import { closeSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import { EMBEDDING_LENGTH } from '@cullstream/contracts';
import { openRegularFileSync } from '@cullstream/files';

/** Bytes of one vector: float32 [512]. */
export const ROW_BYTES = EMBEDDING_LENGTH * Float32Array.BYTES_PER_ELEMENT;
/** A file is opened again after so long, so that one that was deleted or replaced is noticed. */
const HELD_MS = 1_000;
const MOST_HELD = 32;

/** Reads vectors out of files of rows, float32 [n, 512], little-endian. Keeps the files open for a moment. */
export class SegmentReader {
  readonly #held = new Map<string, { readonly file: number; readonly untilMs: number }>();

  /**
   * One vector, in memory of its own; undefined where the file is cut off before its end.
   * @throws {Error} of the operating system
   */
  read(path: string, row: number): Float32Array | undefined {
    const vector = new Float32Array(EMBEDDING_LENGTH);
    const bytes = Buffer.from(vector.buffer);
    if (readSync(this.#open(path), bytes, 0, ROW_BYTES, row * ROW_BYTES) < ROW_BYTES) {
      return undefined;
    }
    if (endianness() === 'BE') bytes.swap32();
    return vector;
  }

  #open(path: string): number {
    const held = this.#held.get(path);
    const nowMs = performance.now();
    if (held !== undefined && nowMs < held.untilMs) return held.file;
    this.#close(path);
    const [oldest] = this.#held.keys();
    if (oldest !== undefined && this.#held.size >= MOST_HELD) this.#close(oldest);
    const file = openRegularFileSync(path);
    this.#held.set(path, { file, untilMs: nowMs + HELD_MS });
    return file;
  }

  #close(path: string): void {
    const held = this.#held.get(path);
    if (held === undefined) return;
    this.#held.delete(path);
    closeSync(held.file);
  }
}
