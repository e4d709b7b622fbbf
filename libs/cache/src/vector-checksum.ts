import { endianness } from 'node:os';
import { crc32 } from 'node:zlib';
import { encodeNpy, NPY_HEADER_BYTES } from './npy.js';

/** CRC-32 of a vector's values as its `.npy` file holds them: little-endian, without the header. */
export function toVectorChecksum(vector: Float32Array): number {
  return endianness() === 'LE'
    ? crc32(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength))
    : crc32(encodeNpy(vector).subarray(NPY_HEADER_BYTES));
}
