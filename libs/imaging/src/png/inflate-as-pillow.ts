import {
  DeflateTokens,
  InputEnded,
  InvalidDeflateError,
  type OutputToken,
} from './deflate-tokens.js';
import { toInvalidPngError, toTruncatedPngError } from './png-error.js';

export interface InflatedAsPillow {
  /** The rows. If the stream ends between two rows, the others are zeros, as in Pillow. */
  readonly data: Uint8Array;
  /** The piece in which the last row ends. */
  readonly lastPiece: number;
}

/** Compression method and window before the stream, Adler-32 behind it (RFC 1950). */
const HEAD_BYTES = 2;
const CHECKSUM_BYTES = 4;
const DEFLATE = 8;
const PRESET_DICTIONARY = 0x20;

/**
 * Inflates a stream that zlib reports as damaged, as far as Pillow 9.4 would. Pillow asks zlib for one row after
 * another and stops after the last one. What follows, mainly the checksum, is only checked if zlib happens to
 * read it within the same piece.
 * @param pieces the stream, as Pillow reads it
 * @param rowEnds end of each row in the output
 * @throws {PermanentError} `image-truncated`, `image-undecodable`
 */
export function inflateAsPillow(
  pieces: readonly Uint8Array[],
  rowEnds: Float64Array,
): InflatedAsPillow {
  return new RowInflater(pieces, rowEnds).run();
}

class RowInflater {
  private readonly input: Buffer;
  private readonly pieceEnds: number[] = [];
  private readonly tokens: DeflateTokens;
  private readonly rowEnds: Float64Array;
  private readonly data: Uint8Array;
  private length = 0;
  private row = 0;
  private piece = 0;
  private pending: OutputToken | undefined;

  constructor(pieces: readonly Uint8Array[], rowEnds: Float64Array) {
    this.input = Buffer.concat(pieces);
    for (const { length } of pieces) this.pieceEnds.push((this.pieceEnds.at(-1) ?? 0) + length);
    this.rowEnds = rowEnds;
    this.data = new Uint8Array(rowEnds.at(-1) ?? 0);
    this.tokens = new DeflateTokens(this.input, HEAD_BYTES);
  }

  run(): InflatedAsPillow {
    this.checkHead();
    while (!this.write(this.pending ?? this.nextOutput()));
    return { data: this.data, lastPiece: this.piece };
  }

  /** The size of the window is not checked: zlib uses the largest one. */
  private checkHead(): void {
    const [method = 0, flags = 0] = this.input;
    if (this.input.length < HEAD_BYTES) throw toTruncatedPngError();
    const isSound = ((method << 8) | flags) % 31 === 0 && (flags & PRESET_DICTIONARY) === 0;
    if (!isSound || (method & 15) !== DEFLATE || method >> 4 > 7) throw damaged();
  }

  /** The next token. Adds more pieces to the input if needed. */
  private nextOutput(): OutputToken {
    for (;;) {
      try {
        const token = this.tokens.next(this.pieceEnd());
        if (token === 'end') throw toTruncatedPngError();
        if (token !== 'silent') return token;
      } catch (error) {
        if (error instanceof InvalidDeflateError) throw damaged();
        if (!(error instanceof InputEnded)) throw error;
        this.nextPiece();
      }
    }
  }

  /** Returns true when the last row is complete, or the stream ended with a row. */
  private write({ value, length, distance }: OutputToken): boolean {
    this.pending = undefined;
    if (distance > this.length) throw damaged();
    for (let n = 1; n <= length; n++) {
      this.data[this.length] = distance === 0 ? value : (this.data[this.length - distance] ?? 0);
      this.length += 1;
      if (this.length < (this.rowEnds[this.row] ?? 0)) continue;
      this.row += 1;
      const state = n < length ? this.tokens.byte : this.lookAhead();
      if (this.row === this.rowEnds.length || state === 'ended') return true;
      if (state === 'all read' || state === this.pieceEnd()) this.nextPiece();
    }
    return false;
  }

  /**
   * Reads what zlib reads when a row is full: everything up to the next token with output.
   * @returns how far it has read, or that the stream ended
   */
  private lookAhead(): number | 'all read' | 'ended' {
    try {
      while (!this.tokens.isCopying) {
        const token = this.tokens.next(this.pieceEnd());
        if (token === 'silent') continue;
        if (token === 'end') return this.endsSoundly() ? 'ended' : 'all read';
        this.pending = token;
        break;
      }
      return this.tokens.byte;
    } catch (error) {
      if (error instanceof InvalidDeflateError) throw damaged();
      if (error instanceof InputEnded) return 'all read';
      throw error;
    }
  }

  /** Returns false if the checksum is incomplete. */
  private endsSoundly(): boolean {
    const at = this.tokens.byte;
    if (at + CHECKSUM_BYTES > this.pieceEnd()) return false;
    if (this.input.readUInt32BE(at) !== adler32(this.data.subarray(0, this.length)))
      throw damaged();
    return true;
  }

  private pieceEnd(): number {
    return this.pieceEnds[this.piece] ?? 0;
  }

  private nextPiece(): void {
    if (this.piece + 1 >= this.pieceEnds.length) throw toTruncatedPngError();
    this.piece += 1;
  }
}

function damaged(): Error {
  return toInvalidPngError('has damaged pixels');
}

/** Adler-32 (RFC 1950, 9). */
function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return b * 65_536 + a;
}
