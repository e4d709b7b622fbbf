import type { ReadAheadFile } from './read-ahead-file.js';

/** An end record, which describes the central directory before it. Offsets and sizes are in bytes. */
export interface EndRecord {
  readonly entryCount: number;
  readonly directorySize: number;
  /** Offset from the beginning of the archive, which is not always the beginning of the file. */
  readonly directoryOffset: number;
  /** End of the directory in the file if there is nothing between directory and record. */
  readonly directoryEnd: number;
  /** Number of this part of a split archive; 0 if it is not split. */
  readonly disk: number;
  /** Whether the comment ends with the file, so that nothing was added or lost. */
  readonly isExact: boolean;
}

const SIGNATURE = Buffer.from('PK\x05\x06', 'latin1');
const ZIP64_SIGNATURE = Buffer.from('PK\x06\x06', 'latin1');
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const RECORD_BYTES = 22;
const ZIP64_RECORD_BYTES = 56;
const ZIP64_LOCATOR_BYTES = 20;
/** A comment may contain anything that looks like a record, so the number of records is limited. */
const MAX_RECORDS = 64;

/**
 * Possible end records in the last bytes of a file, the last ones first: comments and data behind the archive
 * may look like one. If there is also a ZIP64 record, it comes first.
 */
export async function* findEndRecords(
  file: ReadAheadFile,
  tailBytes: number,
): AsyncGenerator<EndRecord, void, undefined> {
  const tailStart = Math.max(0, file.size - tailBytes);
  const tail = await file.readApart(tailStart, file.size - tailStart);
  let at = tail.lastIndexOf(SIGNATURE, tail.length - RECORD_BYTES);
  for (let found = 0; at >= 0 && found < MAX_RECORDS; found++) {
    const commentEnd = at + RECORD_BYTES + tail.readUInt16LE(at + 20);
    const isExact = commentEnd === tail.length;
    const zip64 = await findZip64Record(file, tail, tailStart, at);
    const directoryEnd = zip64?.at ?? tailStart + at;
    if (zip64 !== undefined) yield { ...readZip64Record(zip64.bytes), directoryEnd, isExact };
    yield { ...readRecord(tail.subarray(at)), directoryEnd, isExact };
    at = at === 0 ? -1 : tail.lastIndexOf(SIGNATURE, at - 1);
  }
}

function readRecord(bytes: Buffer) {
  return {
    disk: bytes.readUInt16LE(4),
    entryCount: bytes.readUInt16LE(10),
    directorySize: bytes.readUInt32LE(12),
    directoryOffset: bytes.readUInt32LE(16),
  };
}

function readZip64Record(bytes: Buffer) {
  return {
    disk: bytes.readUInt32LE(16),
    entryCount: Number(bytes.readBigUInt64LE(32)),
    directorySize: Number(bytes.readBigUInt64LE(40)),
    directoryOffset: Number(bytes.readBigUInt64LE(48)),
  };
}

/** Looks at the offset of the locator, then right before the locator: data before an archive shifts it. */
async function findZip64Record(
  file: ReadAheadFile,
  tail: Buffer,
  tailStart: number,
  endRecord: number,
): Promise<{ at: number; bytes: Buffer } | undefined> {
  const locator = endRecord - ZIP64_LOCATOR_BYTES;
  if (locator < 0 || tail.readUInt32LE(locator) !== ZIP64_LOCATOR_SIGNATURE) return undefined;
  const nearest = tail.subarray(0, locator).lastIndexOf(ZIP64_SIGNATURE);
  const places = [
    Number(tail.readBigUInt64LE(locator + 8)),
    nearest < 0 ? -1 : tailStart + nearest,
  ];
  for (const at of places) {
    if (at < 0 || at + ZIP64_RECORD_BYTES > tailStart + locator) continue;
    const bytes = await file.readApart(at, ZIP64_RECORD_BYTES);
    if (bytes.subarray(0, ZIP64_SIGNATURE.length).equals(ZIP64_SIGNATURE)) return { at, bytes };
  }
  return undefined;
}
