import { writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { patchEntries, type EntryPatch } from './patch-zip.js';

export interface ZipEntry extends EntryPatch {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface WriteZipOptions {
  /** Stores entries without deflating them. */
  readonly stored?: boolean;
  /** Writes ZIP64 records although nothing is large. Entries cannot be patched then. */
  readonly zip64?: boolean;
}

const FILE_MODE = 0o100644;
/** Zip times are local: made from local parts, they are the same bytes in every time zone. */
const MODIFIED = new Date(2025, 6, 1, 12, 0, 0);

/**
 * Writes an archive whose bytes depend on nothing but the arguments. Entries stand in the order
 * given, names may repeat.
 */
export async function writeZip(
  path: string,
  entries: readonly ZipEntry[],
  { stored = false, zip64 = false }: WriteZipOptions = {},
): Promise<void> {
  const zip = new ZipFile();
  for (const { name, bytes } of entries) {
    zip.addBuffer(Buffer.from(bytes), name, {
      compress: !stored,
      mtime: MODIFIED,
      mode: FILE_MODE,
      forceDosTimestamp: true,
      forceZip64Format: zip64,
    });
  }
  zip.end({ forceZip64Format: zip64, comment: '' });
  const archive = await buffer(zip.outputStream);
  await writeFile(path, patchEntries(archive, entries));
}
