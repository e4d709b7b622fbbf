import type { ArchiveEntry, ExtraField } from './archive-entry.js';
import { decodeEntryName, toEntryLabel } from './entry-name.js';

/** Fields of a central directory header, ZIP64 values resolved. */
export interface DirectoryHeader {
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly localHeaderOffset: number;
  readonly name: Buffer;
  readonly extraFields: readonly ExtraField[];
}

/** Bit 0 is encryption, bit 6 strong encryption, bit 13 an encrypted directory. */
const ENCRYPTION_FLAGS = 0x2041;

/** The entry a header describes, undefined for a folder. */
export function toArchiveEntry(index: number, header: DirectoryHeader): ArchiveEntry | undefined {
  const name = decodeEntryName(header.flags, header.name, header.extraFields);
  if (name.endsWith('/')) return undefined;
  return {
    index,
    name: toEntryLabel(name, index),
    method: header.method,
    encrypted: (header.flags & ENCRYPTION_FLAGS) !== 0,
    compressedSize: toSafeInteger(header.compressedSize),
    size: toSafeInteger(header.size),
    crc32: header.crc32,
    localHeaderOffset: toSafeInteger(header.localHeaderOffset),
  };
}

/** A ZIP64 field may claim what no file can have; beyond 2^53 it claims that, and reading refuses it. */
function toSafeInteger(claimed: number): number {
  return Math.min(claimed, Number.MAX_SAFE_INTEGER);
}
