import { endianness } from 'node:os';

/** The bytes are not a one-dimensional float32 array as numpy saves it. */
export class NpyFormatError extends Error {
  override readonly name = 'NpyFormatError';
}

/** What numpy pads the header of every one-dimensional array to. */
export const NPY_HEADER_BYTES = 128;
/** Magic, version and the uint16 that counts the rest of the header. */
const PREAMBLE_BYTES = 10;
const headers = new Map<number, Buffer>();

/**
 * Bytes of a `.npy` file, format 1.0, exactly as `numpy.save` writes them.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @param vector float32 [n]
 * @returns 128 bytes of header and 4n bytes of little-endian values
 */
export function encodeNpy(vector: Float32Array): Buffer {
  const header = toHeader(vector.length);
  const values = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  const bytes = Buffer.concat([header, values]);
  if (endianness() === 'BE') bytes.subarray(NPY_HEADER_BYTES).swap32();
  return bytes;
}

/**
 * The array in a `.npy` file, in memory of its own. Strict: any header that {@link encodeNpy} would
 * not write for that length is refused, so a half-written file is never taken for a vector.
 *
 * @returns float32 [n]; values are not checked
 * @throws {NpyFormatError} naming what is wrong
 */
export function decodeNpy(bytes: Uint8Array): Float32Array {
  const valueBytes = bytes.byteLength - NPY_HEADER_BYTES;
  if (valueBytes < 0 || valueBytes % Float32Array.BYTES_PER_ELEMENT !== 0) {
    throw new NpyFormatError(`${bytes.byteLength} bytes are not a header and float32 values`);
  }
  const length = valueBytes / Float32Array.BYTES_PER_ELEMENT;
  if (toHeader(length).compare(bytes, 0, NPY_HEADER_BYTES) !== 0) {
    throw new NpyFormatError(`the header is not that of float32 [${length}], numpy format 1.0`);
  }
  const values = new Uint8Array(valueBytes);
  values.set(bytes.subarray(NPY_HEADER_BYTES));
  if (endianness() === 'BE') Buffer.from(values.buffer).swap32();
  return new Float32Array(values.buffer);
}

function toHeader(length: number): Buffer {
  const known = headers.get(length);
  if (known !== undefined) return known;
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${length},), }`;
  const header = Buffer.alloc(NPY_HEADER_BYTES, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(NPY_HEADER_BYTES - PREAMBLE_BYTES, PREAMBLE_BYTES - 2);
  header.write(description, PREAMBLE_BYTES, 'latin1');
  header.write('\n', NPY_HEADER_BYTES - 1, 'latin1');
  headers.set(length, header);
  return header;
}
