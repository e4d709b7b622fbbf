/** The generator polynomial of CRC-32, lowest degree in the highest bit (PNG specification, annex D). */
const POLYNOMIAL = 0xedb88320;
/** The polynomial 1. */
const ONE = 0x80000000;

/** What a byte at the end of a CRC does to it. */
const byteTable = Uint32Array.from({ length: 256 }, (_unused, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = timesX(crc);
  return crc;
});
/** x^(8·2^n) of each n. */
const shifts = [ONE];
for (let bit = 0; bit < 8; bit++) shifts[0] = timesX(shifts[0] ?? 0);
for (let n = 1; n < 32; n++) shifts.push(multiply(shifts[n - 1] ?? 0, shifts[n - 1] ?? 0));

/**
 * The CRC-32 of a file of which pieces have a CRC-32 of their own: those need not be read. To put a piece
 * behind another is to multiply the first one's CRC by x^(8·length), modulo the polynomial, and to add the
 * second one's.
 */
export class CrcOfPieces {
  /** Of all that was added. */
  value = 0;
  /** Pieces of a PNG have the same length, all but the last. */
  readonly #shifts = new Map<number, number>();

  /** Bytes from `from` on, before `to`: few. */
  addBytes(bytes: Uint8Array, from: number, to: number): void {
    let crc = ~this.value;
    for (let at = from; at < to; at++) {
      crc = (byteTable[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
    }
    this.value = ~crc >>> 0;
  }

  /** A piece of so many bytes with a known CRC-32. */
  addPiece(crc32: number, length: number): void {
    let shift = this.#shifts.get(length);
    if (shift === undefined) {
      shift = shiftBy(length);
      this.#shifts.set(length, shift);
    }
    this.value = (multiply(this.value, shift) ^ crc32) >>> 0;
  }
}

/** x^(8·bytes), modulo the polynomial. */
function shiftBy(bytes: number): number {
  let product = ONE;
  for (let n = 0; n < 32; n++) {
    if ((bytes & (1 << n)) !== 0) product = multiply(product, shifts[n] ?? 0);
  }
  return product;
}

function timesX(polynomial: number): number {
  return (polynomial & 1) === 0 ? polynomial >>> 1 : (polynomial >>> 1) ^ POLYNOMIAL;
}

/** The product of two polynomials, modulo the generator. */
function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = 31; bit >= 0; bit--) {
    if ((a & (1 << bit)) !== 0) product ^= shifted;
    shifted = timesX(shifted);
  }
  return product >>> 0;
}
