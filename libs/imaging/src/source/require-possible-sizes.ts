import { PermanentError, type ZipEntrySource } from '@cullstream/contracts';
import { DEFLATED, STORED } from './compression-methods.js';

const LOCAL_HEADER_BYTES = 30;
/** Deflate's longest match, 258 bytes, takes two bits at least: RFC 1951, 3.2.5. */
const MAX_DEFLATE_RATIO = 1032;
/** Room for flush marks and for bytes behind the end of the data, which other readers pass over too. */
const SURPLUS_BYTES = 64 * 1024;

/**
 * Refuses an entry whose sizes cannot all be true, before memory is taken for any of them.
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

/** What zlib's least favourable settings make of so many bytes (its deflateBound), and the surplus. */
function mostDeflated(size: number): number {
  return size + Math.ceil(size / 8) + Math.ceil(size / 64) + SURPLUS_BYTES;
}
