import type { ReadAheadFile } from './read-ahead-file.js';

/** Signatures that may follow the last header: end record, its ZIP64 form, digital signature. */
const END_SIGNATURES = [0x06054b50, 0x06064b50, 0x05054b50];

/**
 * Checks that the directory really ends behind the last entry that was counted. Without this check, entries
 * of archives with more than the end record can count (macOS) would be lost silently.
 * @param expected end of the directory according to the end record
 */
export async function requireEndOfDirectory(
  file: ReadAheadFile,
  offset: number,
  entries: number,
  expected?: number,
): Promise<void> {
  if (offset === expected) return;
  const signature = (await file.read(offset, 4)).readUInt32LE(0);
  if (!END_SIGNATURES.includes(signature)) {
    throw new Error(`the central directory goes on behind the ${entries} entries it counts`);
  }
}
