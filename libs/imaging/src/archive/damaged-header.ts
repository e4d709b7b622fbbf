import type { ReadAheadFile } from './read-ahead-file.js';
import type { DirectoryHeader } from './to-archive-entry.js';

const HEADER_SIGNATURE = 0x02014b50;
const HEADER_BYTES = 46;

/**
 * Reads the fixed part of a central directory header that yauzl refused (strong encryption, extra
 * fields that make no sense), so that the entries behind it can still be read.
 * @param cause the error of yauzl; thrown again if no header begins at `offset`
 */
export async function readDamagedHeader(
  file: ReadAheadFile,
  offset: number,
  cause: unknown,
): Promise<{ header: DirectoryHeader; end: number }> {
  if (offset + HEADER_BYTES > file.size) throw cause;
  const fixed = Buffer.from(await file.read(offset, HEADER_BYTES));
  if (fixed.readUInt32LE(0) !== HEADER_SIGNATURE) throw cause;
  const nameLength = fixed.readUInt16LE(28);
  const end = offset + HEADER_BYTES + nameLength + fixed.readUInt16LE(30) + fixed.readUInt16LE(32);
  if (end > file.size) throw cause;
  const header = {
    flags: fixed.readUInt16LE(8),
    method: fixed.readUInt16LE(10),
    dosTime: fixed.readUInt16LE(12),
    dosDate: fixed.readUInt16LE(14),
    crc32: fixed.readUInt32LE(16),
    compressedSize: fixed.readUInt32LE(20),
    size: fixed.readUInt32LE(24),
    localHeaderOffset: fixed.readUInt32LE(42),
    name: await file.read(offset + HEADER_BYTES, nameLength),
    extraFields: [],
  };
  return { header, end };
}
