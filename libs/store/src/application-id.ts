import { closeSync, readSync } from 'node:fs';
import { openRegularFileSync } from '@cullstream/files';

/** SQLite `application_id` of every database cullstream creates: "CULL" in ASCII. */
export const APPLICATION_ID = 0x43_55_4c_4c;

const HEADER_BYTES = 100;
const USER_VERSION_OFFSET = 60;
const APPLICATION_ID_OFFSET = 68;
const MAGIC = 'SQLite format 3\0';

/**
 * The `application_id` in the file's header (https://www.sqlite.org/fileformat.html, bytes 68 to 71),
 * read without opening the file as a database; null when the file is no SQLite database.
 * @throws the file system's own error when the file cannot be read.
 */
export function readApplicationId(path: string): number | null {
  return readHeader(path)?.readUInt32BE(APPLICATION_ID_OFFSET) ?? null;
}

/** Whether a file that begins so is a database that cullstream created. */
export function isOurHeader(bytes: Buffer): boolean {
  return (
    bytes.length >= HEADER_BYTES &&
    bytes.toString('latin1', 0, MAGIC.length) === MAGIC &&
    bytes.readUInt32BE(APPLICATION_ID_OFFSET) === APPLICATION_ID
  );
}

/** The `user_version` in the file's header (bytes 60 to 63); 0 when the file is no SQLite database. */
export function readUserVersion(path: string): number {
  return readHeader(path)?.readUInt32BE(USER_VERSION_OFFSET) ?? 0;
}

function readHeader(path: string): Buffer | undefined {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openRegularFileSync(path);
  try {
    if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return undefined;
  } finally {
    closeSync(file);
  }
  return header.toString('latin1', 0, MAGIC.length) === MAGIC ? header : undefined;
}

/** Whether cullstream created this database: the only ones it opens for writing by itself. */
export function isCullstreamDatabase(path: string): boolean {
  return readApplicationId(path) === APPLICATION_ID;
}
