import { PermanentError, type ZipEntrySource } from '@cullstream/contracts';
import { DEFLATED, STORED } from './compression-methods.js';

const LOCAL_HEADER_BYTES = 30;
/** Deflate's longest match, 258 bytes, needs at least two bits: RFC 1951, 3.2.5. */
const MAX_DEFLATE_RATIO = 1032;
/** Allows for flush marks and for bytes behind the end of the data, which other readers ignore, too. */
const SURPLUS_BYTES = 64 * 1024;

/**
 * Refuses an entry whose sizes contradict each other, before memory is allocated for it.
 * @param archiveBytes size of the archive's file
 * @throws {PermanentError} `unreadable-entry`
 */
export function requirePossibleSizes(
  { method, size, compressedSize, localHeaderOffset }: ZipEntrySource,
  archiveBytes: number,
  where: string,
): void {
  const problem =
    problemOfPlace(compressedSize, localHeaderOffset, archiveBytes) ??
    (method === STORED ? problemOfStored(size, compressedSize) : undefined) ??
    (method === DEFLATED ? problemOfDeflated(size, compressedSize) : undefined);
  if (problem === undefined) return;
  throw new PermanentError(
    'unreadable-entry',
    `${where}: ${problem}; the archive is damaged: pack it anew, or try to repair it with "zip -FF"`,
  );
}

function problemOfPlace(packed: number, offset: number, archive: number): string | undefined {
  return offset + LOCAL_HEADER_BYTES + packed <= archive
    ? undefined
    : `claims ${packed} bytes from byte ${offset} on, beyond the end of the archive`;
}

function problemOfStored(size: number, packed: number): string | undefined {
  return size === packed ? undefined : `is not compressed and claims ${packed} bytes for ${size}`;
}

function problemOfDeflated(size: number, packed: number): string | undefined {
  if (size > packed * MAX_DEFLATE_RATIO) {
    return `claims ${size} bytes, more than ${packed} compressed ones can hold`;
  }
  return packed > mostDeflated(size)
    ? `claims ${packed} compressed bytes, more than its ${size} bytes can need`
    : undefined;
}

/** Upper bound of the deflated size (zlib's deflateBound), with the surplus. */
function mostDeflated(size: number): number {
  return size + Math.ceil(size / 8) + Math.ceil(size / 64) + SURPLUS_BYTES;
}
