import { crc32 } from 'node:zlib';
import { EMBEDDING_LENGTH } from '@cullstream/contracts';

/** Number of copies that are written, and read, together. */
export const CHUNK_ROWS = 32;
export const HASH_BYTES = 8;
/** A row's entry: short hash, change time (float64, ms), CRC-32 of these two and of the vector. */
export const STAMP_BYTES = HASH_BYTES + 8;
export const ENTRY_BYTES = STAMP_BYTES + 4;
export const ENTRIES_BYTES = CHUNK_ROWS * ENTRY_BYTES;
const VECTOR_BYTES = EMBEDDING_LENGTH * Float32Array.BYTES_PER_ELEMENT;
/** A chunk: the entries of its rows, then their vectors, both in this machine's byte order. */
export const CHUNK_BYTES = ENTRIES_BYTES + CHUNK_ROWS * VECTOR_BYTES;
const float64 = new Float64Array(1);
const words = new Uint32Array(float64.buffer);

/** The two words of a float64, in this machine's byte order. */
export function toWords(value: number): [number, number] {
  float64[0] = value;
  return [words[0] ?? 0, words[1] ?? 0];
}

export function toChunk(
  copies: ReadonlyMap<string, { readonly changedMs: number; readonly vector: Float32Array }>,
): Buffer {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let row = 0;
  for (const [hash, { changedMs, vector }] of copies) {
    const { stamp, crc, values } = rowIn(chunk, row++);
    stamp.write(hash, 'hex');
    new Uint32Array(stamp.buffer, stamp.byteOffset + HASH_BYTES, 2).set(toWords(changedMs));
    values.set(Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength));
    crc.writeUInt32LE(toChecksum(stamp, values));
  }
  return chunk;
}

/** A row's vector, in memory of its own; undefined if its checksum is wrong. */
export function vectorIn(chunk: Buffer, row: number): Float32Array | undefined {
  const { stamp, crc, values } = rowIn(chunk, row);
  if (crc.readUInt32LE() !== toChecksum(stamp, values)) return undefined;
  const vector = new Float32Array(EMBEDDING_LENGTH);
  Buffer.from(vector.buffer).set(values);
  return vector;
}

function toChecksum(stamp: Buffer, values: Buffer): number {
  return crc32(values, crc32(stamp));
}

function rowIn(chunk: Buffer, row: number) {
  const entry = row * ENTRY_BYTES;
  const values = ENTRIES_BYTES + row * VECTOR_BYTES;
  return {
    stamp: chunk.subarray(entry, entry + STAMP_BYTES),
    crc: chunk.subarray(entry + STAMP_BYTES, entry + ENTRY_BYTES),
    values: chunk.subarray(values, values + VECTOR_BYTES),
  };
}
