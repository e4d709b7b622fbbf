import type { FileHandle } from 'node:fs/promises';
import { openRegularFile, withinTime } from '@cullstream/files';
import { toDiskPath } from './path-text.js';

const READ_AHEAD_BYTES = 1 << 20;

/** A file that is read in small ascending pieces: with one system call for each megabyte, not each piece. */
export class ReadAheadFile {
  readonly size: number;
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #answerWithinMs: number | undefined;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;

  private constructor(handle: FileHandle, size: number, path: string, answerWithinMs?: number) {
    this.#handle = handle;
    this.size = size;
    this.#path = path;
    this.#answerWithinMs = answerWithinMs;
  }

  /**
   * Opens read only.
   * @param answerWithinMs time limit of each system call
   */
  static async open(path: string, answerWithinMs?: number): Promise<ReadAheadFile> {
    const opening = openRegularFile(toDiskPath(path));
    const { handle, facts } = await withinTime(opening, path, answerWithinMs);
    return new ReadAheadFile(handle, facts.size, path, answerWithinMs);
  }

  /** The bytes without a copy, if they are in memory already. */
  peek(position: number, length: number): Buffer | undefined {
    const start = position - this.#windowStart;
    const isInside = start >= 0 && start + length <= this.#window.length;
    return isInside ? this.#window.subarray(start, start + length) : undefined;
  }

  /** @throws {RangeError} beyond the end of the file */
  async read(position: number, length: number): Promise<Buffer> {
    const known = this.peek(position, length);
    if (known !== undefined) return known;
    const window = await this.#fill(position, length, READ_AHEAD_BYTES);
    this.#window = window;
    this.#windowStart = position;
    return window.subarray(0, length);
  }

  /** As {@link read}, for a single piece elsewhere: reads nothing ahead and keeps the bytes in memory. */
  async readApart(position: number, length: number): Promise<Buffer> {
    return this.peek(position, length) ?? (await this.#fill(position, length, 0));
  }

  async #fill(position: number, length: number, aheadBytes: number): Promise<Buffer> {
    if (position < 0 || position + length > this.size) {
      throw new RangeError(`${length} bytes at ${position} lie beyond the end of the file`);
    }
    const wanted = Math.min(Math.max(length, aheadBytes), this.size - position);
    // Entries refer to slices of a window, so its memory is never reused.
    const window = Buffer.allocUnsafeSlow(wanted);
    let filled = 0;
    while (filled < wanted) {
      const reading = this.#handle.read(window, filled, wanted - filled, position + filled);
      const { bytesRead } = await withinTime(reading, this.#path, this.#answerWithinMs);
      if (bytesRead === 0) throw new RangeError(`the file became shorter while it was read`);
      filled += bytesRead;
    }
    return window;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
