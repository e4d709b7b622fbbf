/** A code of deflate: how many symbols have each length, and the symbols by length (RFC 1951, 3.2.2). */
interface PrefixCode {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

/** A literal, with a distance of 0, or a match. */
export interface OutputToken {
  readonly value: number;
  readonly length: number;
  readonly distance: number;
}
/** The next token of a deflate stream: output, a token without output, or the end. */
export type Token = OutputToken | 'silent' | 'end';

/** The input ends within a token. */
export class InputEnded extends Error {}
/** The stream is invalid. */
export class InvalidDeflateError extends Error {}

const MAX_BITS = 15;
const END_OF_BLOCK = 256;
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
];
const LENGTH_EXTRA = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
  3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/**
 * Reads a deflate stream (RFC 1951) token by token, and only the bytes that each token needs. It is slow, and
 * meant for streams that end early, of which as much as possible must be read.
 */
export class DeflateTokens {
  /** The next bit to read. */
  private bit: number;
  private readonly data: Uint8Array;
  private limit: number;
  private isLast = false;
  private stored = 0;
  private literals: PrefixCode | undefined;
  private distances: PrefixCode | undefined;

  constructor(data: Uint8Array, from: number) {
    this.data = data;
    this.bit = from * 8;
    this.limit = data.length;
  }

  /** The first byte of which no bit has been read. */
  get byte(): number {
    return Math.ceil(this.bit / 8);
  }

  /** Whether the next token is in an uncompressed block. */
  get isCopying(): boolean {
    return this.stored > 0;
  }

  /**
   * The next token. Reads no byte at `limit` or behind. Throws `InvalidDeflateError`, or `InputEnded`; then it
   * can be called again with a higher limit.
   */
  next(limit: number): Token {
    this.limit = limit;
    const start = this.bit;
    try {
      return this.read();
    } catch (error) {
      this.bit = start;
      throw error;
    }
  }

  private read(): Token {
    if (this.stored > 0) {
      const value = this.take(8);
      this.stored -= 1;
      return { value, length: 1, distance: 0 };
    }
    if (this.literals === undefined) return this.isLast ? 'end' : this.beginBlock();
    const symbol = this.symbol(this.literals);
    if (symbol < END_OF_BLOCK) return { value: symbol, length: 1, distance: 0 };
    if (symbol === END_OF_BLOCK) {
      this.literals = undefined;
      return 'silent';
    }
    const code = symbol - END_OF_BLOCK - 1;
    if (code >= LENGTH_BASE.length || this.distances === undefined) throw new InvalidDeflateError();
    const length = (LENGTH_BASE[code] ?? 0) + this.take(LENGTH_EXTRA[code] ?? 0);
    const far = this.symbol(this.distances);
    if (far >= DISTANCE_BASE.length) throw new InvalidDeflateError();
    const distance = (DISTANCE_BASE[far] ?? 0) + this.take(far < 4 ? 0 : (far >> 1) - 1);
    return { value: 0, length, distance };
  }

  private beginBlock(): Token {
    const isLast = this.take(1) === 1;
    const kind = this.take(2);
    if (kind === 3) throw new InvalidDeflateError();
    if (kind === 0) {
      this.bit = Math.ceil(this.bit / 8) * 8;
      const length = this.take(16);
      if (this.take(16) !== (~length & 0xffff)) throw new InvalidDeflateError();
      this.stored = length;
    } else if (kind === 1) {
      this.literals = toCode(
        Array.from({ length: 288 }, (_unused, at) =>
          at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8,
        ),
      );
      this.distances = toCode(new Array<number>(32).fill(5));
    } else {
      this.readCodes();
    }
    this.isLast = isLast;
    return 'silent';
  }

  private readCodes(): void {
    const [literals, distances, count] = [this.take(5) + 257, this.take(5) + 1, this.take(4) + 4];
    if (literals > 286 || distances > 30) throw new InvalidDeflateError();
    const ofLengths = new Array<number>(19).fill(0);
    for (const at of CODE_LENGTH_ORDER.slice(0, count)) ofLengths[at] = this.take(3);
    const lengthCode = toCode(ofLengths, 'complete');
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const symbol = this.symbol(lengthCode);
      if (symbol === 16 && lengths.length === 0) throw new InvalidDeflateError();
      if (symbol < 16) lengths.push(symbol);
      else if (symbol === 16) repeat(lengths, lengths.at(-1) ?? 0, 3 + this.take(2));
      else repeat(lengths, 0, symbol === 17 ? 3 + this.take(3) : 11 + this.take(7));
    }
    if (lengths.length > literals + distances || lengths[END_OF_BLOCK] === 0)
      throw new InvalidDeflateError();
    this.distances = toCode(lengths.slice(literals));
    this.literals = toCode(lengths.slice(0, literals));
  }

  private take(count: number): number {
    if (this.bit + count > this.limit * 8) throw new InputEnded();
    let value = 0;
    for (let n = 0; n < count; n++, this.bit++) {
      value |= (((this.data[this.bit >> 3] ?? 0) >> (this.bit & 7)) & 1) << n;
    }
    return value;
  }

  private symbol({ counts, symbols }: PrefixCode): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_BITS; length++) {
      code |= this.take(1);
      const count = counts[length] ?? 0;
      if (code - count < first) return symbols[index + code - first] ?? 0;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new InvalidDeflateError();
  }
}

function repeat(lengths: number[], value: number, times: number): void {
  for (let n = 0; n < times; n++) lengths.push(value);
}

/** Refuses oversubscribed codes, and incomplete ones unless only one symbol has a code. */
function toCode(
  lengths: readonly number[],
  gaps: 'complete' | 'one symbol' = 'one symbol',
): PrefixCode {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  const used = lengths.length - (counts[0] ?? 0);
  let left = 1;
  for (let length = 1; length <= MAX_BITS; length++) {
    left = left * 2 - (counts[length] ?? 0);
    if (left < 0) throw new InvalidDeflateError();
  }
  const isAllowed = used === 0 || (gaps === 'one symbol' && used === 1 && counts[1] === 1);
  if (left > 0 && !isAllowed) throw new InvalidDeflateError();
  counts[0] = 0;
  const symbols = lengths
    .map((length, symbol) => ({ length, symbol }))
    .filter(({ length }) => length > 0)
    .sort((a, b) => a.length - b.length || a.symbol - b.symbol)
    .map(({ symbol }) => symbol);
  return { counts, symbols: Uint16Array.from(symbols) };
}
