import { findEndRecords, type EndRecord } from './end-records.js';
import type { ReadAheadFile } from './read-ahead-file.js';

/** The place of an archive's central directory in its file. Offsets and sizes are in bytes. */
export interface DirectoryLocation {
  readonly start: number;
  /** End of its last header. */
  readonly end: number;
  readonly entryCount: number;
  /** Beginning of the archive in the file, from which its own offsets are counted. */
  readonly archiveStart: number;
}

interface Candidate extends DirectoryLocation {
  readonly disk: number;
  /** How certain this place is; higher is better. */
  readonly rank: number;
}

/** First as much as the longest comment (65,535 bytes) and the records, then more, for appended data. */
const TAIL_BYTES = [66_000, 1 << 20];
const HEADER_SIGNATURE = 0x02014b50;
const HEADER_BYTES = 46;
const LOCAL_HEADER_SIGNATURE = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const IN_ZIP64_FIELD = 0xffffffff;
/** In archives of macOS larger offsets wrap. These are read in another way. */
const FOUR_GIB = 2 ** 32;
const RANKS = { empty: 0, header: 2, headerAndEntry: 4, exact: 1 } as const;
const HIGHEST_RANK = RANKS.headerAndEntry + RANKS.exact;

/**
 * Finds the central directory even if there is other data before the archive (a program that unpacks it, the
 * mark of a split archive, a picture) or behind it (line ends, zeros, a comment that is longer than stated).
 * Of several end records, the one with a real directory is used, and of those the last.
 * @throws Error if there is none, or the file is one part of a split archive
 */
export async function locateDirectory(file: ReadAheadFile): Promise<DirectoryLocation> {
  let best: Candidate | undefined;
  let isEnded = false;
  for (const tailBytes of TAIL_BYTES) {
    for await (const record of findEndRecords(file, tailBytes)) {
      isEnded = true;
      for (const candidate of await toCandidates(file, record)) {
        if (candidate.rank > (best?.rank ?? -1)) best = candidate;
      }
      if (best?.rank === HIGHEST_RANK) break;
    }
    if (best !== undefined) break;
  }
  if (best === undefined) {
    throw new Error(
      isEnded
        ? 'its directory of entries is not where its end says: bytes are missing'
        : 'it has no end record: it is no zip archive, or it was cut short',
    );
  }
  if (best.disk !== 0) {
    throw new Error('it is one part of a split archive; join the parts first, with "zip -s 0"');
  }
  return best;
}

/** The directory may end where its record begins, or begin at the offset in the record. */
async function toCandidates(file: ReadAheadFile, record: EndRecord): Promise<Candidate[]> {
  const { entryCount, directorySize, directoryOffset, directoryEnd, disk } = record;
  const exact = record.isExact ? RANKS.exact : 0;
  const candidates: Candidate[] = [];
  for (const start of new Set([directoryEnd - directorySize, directoryOffset])) {
    const archiveStart = start - directoryOffset;
    const isWrapped = archiveStart > 0 && archiveStart % FOUR_GIB === 0;
    if (archiveStart < 0 || isWrapped) continue;
    const found =
      entryCount === 0 && directorySize === 0 && start <= directoryEnd
        ? RANKS.empty
        : await readRank(file, start, archiveStart);
    if (found === undefined) continue;
    const end = start + directorySize;
    candidates.push({ start, end, entryCount, archiveStart, disk, rank: found + exact });
  }
  return candidates;
}

async function readRank(
  file: ReadAheadFile,
  start: number,
  archiveStart: number,
): Promise<number | undefined> {
  if (start + HEADER_BYTES > file.size) return undefined;
  const header = await file.read(start, HEADER_BYTES);
  if (header.readUInt32LE(0) !== HEADER_SIGNATURE) return undefined;
  const offset = header.readUInt32LE(42);
  if (offset === IN_ZIP64_FIELD) return RANKS.headerAndEntry;
  if (archiveStart + offset + LOCAL_HEADER_BYTES > file.size) return RANKS.header;
  const local = await file.readApart(archiveStart + offset, LOCAL_HEADER_BYTES);
  const isEntry = local.readUInt32LE(0) === LOCAL_HEADER_SIGNATURE;
  return isEntry ? RANKS.headerAndEntry : RANKS.header;
}
