/** The generator polynomial of CRC-32, lowest degree in the highest bit (PNG specification, annex D). */
const POLYNOMIAL = 0xedb88320;
/** The polynomial 1. */
const ONE = 0x80000000;

/** The usual table for updating a CRC by one byte. */
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
 * Computes the CRC-32 of a file without reading the pieces whose CRC-32 is known. To append a piece, the CRC so
 * far is multiplied by x^(8·length), modulo the polynomial, and that of the piece is added.
 */
export class CrcOfPieces {
  /** The CRC-32 of everything that was added. */
  value = 0;
  /** Cached, since all pieces of a PNG but the last have the same length. */
  readonly #shifts = new Map<number, number>();

  /** Adds the bytes from `from` to before `to`. Slow, so only for few bytes. */
  addBytes(bytes: Uint8Array, from: number, to: number): void {
    let crc = ~this.value;
    for (let at = from; at < to; at++) {
      crc = (byteTable[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
    }
    this.value = ~crc >>> 0;
  }

  /** Adds a piece of so many bytes with a known CRC-32. */
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
