import { MalformedCheckpoint } from '../checkpoint/checkpoint-error.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes of a pickle, read forwards; every step is checked against the end. */
export class PickleCursor {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Uint8Array, start = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
  }

  get position(): number {
    return this.#at;
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (!(end <= this.#bytes.length)) {
      throw new MalformedCheckpoint(`the pickle ends within an opcode at ${this.#at}`);
    }
    const slice = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return slice;
  }

  uint8(): number {
    return this.take(1).readUInt8();
  }

  uint16(): number {
    return this.take(2).readUInt16LE();
  }

  uint32(): number {
    return this.take(4).readUInt32LE();
  }

  int32(): number {
    return this.take(4).readInt32LE();
  }

  uint64(): number {
    return Number(this.take(8).readBigUInt64LE());
  }

  float64(): number {
    return this.take(8).readDoubleBE();
  }

  text(length: number): string {
    const bytes = this.take(length);
    try {
      return utf8.decode(bytes);
    } catch (cause) {
      throw new MalformedCheckpoint('a string of the pickle is not UTF-8', { cause });
    }
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end === -1) throw new MalformedCheckpoint(`the pickle ends within a line at ${this.#at}`);
    const text = this.text(end - this.#at);
    this.#at = end + 1;
    return text;
  }

  /** Two's complement, little-endian, of `length` bytes. */
  long(length: number): number | bigint {
    const bytes = this.take(length);
    let value = 0n;
    for (let index = length - 1; index >= 0; index--) {
      value = (value << 8n) | BigInt(bytes[index] ?? 0);
    }
    const signed = BigInt.asIntN(Math.max(length, 1) * 8, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }
}
