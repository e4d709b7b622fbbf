import { dosDateTimeToDate } from 'yauzl';
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
  /** As MS-DOS counts: https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-dosdatetimetofiletime */
  readonly dosDate: number;
  readonly dosTime: number;
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
    modifiedMs: toModifiedMs(header),
  };
}

/** Limits sizes of ZIP64 fields, which may be beyond 2^53. Such an entry is refused when it is read. */
function toSafeInteger(claimed: number): number {
  return Math.min(claimed, Number.MAX_SAFE_INTEGER);
}

const EXTENDED_TIMESTAMP = 0x5455;
const HAS_MODIFICATION_TIME = 1;

/** Info-ZIP's extended timestamp is in seconds of UTC; the field that every entry has is local time. */
function toModifiedMs({ extraFields, dosDate, dosTime }: DirectoryHeader): number {
  const stamp = extraFields.find(({ id }) => id === EXTENDED_TIMESTAMP)?.data;
  if (stamp !== undefined && stamp.length >= 5 && ((stamp[0] ?? 0) & HAS_MODIFICATION_TIME) !== 0) {
    return stamp.readInt32LE(1) * 1000;
  }
  return dosDateTimeToDate(dosDate, dosTime, 'UTC').getTime();
}
