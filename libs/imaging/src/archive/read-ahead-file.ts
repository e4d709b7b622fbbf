import type { OriginalsFile } from '../originals/originals.js';

const READ_AHEAD_BYTES = 1 << 20;

/** A file that is read in small ascending pieces: with one call for each megabyte, not each piece. */
export class ReadAheadFile {
  readonly size: number;
  readonly #file: OriginalsFile;
  #window: Piece = NOTHING;
  /** What was read apart last: the end of an archive often holds its whole directory. */
  #apart: Piece = NOTHING;

  constructor(file: OriginalsFile) {
    this.#file = file;
    this.size = file.size;
  }

  /** The bytes without a copy, if they are in memory already. */
  peek(position: number, length: number): Buffer | undefined {
    return findIn(this.#window, position, length) ?? findIn(this.#apart, position, length);
  }

  /** @throws {RangeError} beyond the end of the file */
  async read(position: number, length: number): Promise<Buffer> {
    const known = this.peek(position, length);
    if (known !== undefined) return known;
    const bytes = await this.#fill(position, length, READ_AHEAD_BYTES);
    this.#window = { bytes, start: position };
    return bytes.subarray(0, length);
  }

  /** As {@link read}, for a single piece elsewhere: reads nothing ahead and keeps the bytes in memory. */
  async readApart(position: number, length: number): Promise<Buffer> {
    const known = this.peek(position, length);
    if (known !== undefined) return known;
    const bytes = await this.#fill(position, length, 0);
    if (length > this.#apart.bytes.length) this.#apart = { bytes, start: position };
    return bytes;
  }

  async #fill(position: number, length: number, aheadBytes: number): Promise<Buffer> {
    if (position < 0 || position + length > this.size) {
      throw new RangeError(`${length} bytes at ${position} lie beyond the end of the file`);
    }
    const wanted = Math.min(Math.max(length, aheadBytes), this.size - position);
    // Entries refer to slices of it, so its memory is never reused.
    const bytes = Buffer.allocUnsafeSlow(wanted);
    if ((await this.#file.read(bytes, position)) < wanted) {
      throw new RangeError(`the file became shorter while it was read`);
    }
    return bytes;
  }
}

interface Piece {
  readonly bytes: Buffer;
  /** Its position in the file. */
  readonly start: number;
}

const NOTHING: Piece = { bytes: Buffer.alloc(0), start: 0 };

function findIn({ bytes, start }: Piece, position: number, length: number): Buffer | undefined {
  const from = position - start;
  const isInside = from >= 0 && from + length <= bytes.length;
  return isInside ? bytes.subarray(from, from + length) : undefined;
}
