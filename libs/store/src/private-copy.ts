import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refuseOtherThanFile } from '@cullstream/files';
import type BetterSqlite3 from 'better-sqlite3';
import { DatabaseError, translateError, withTranslatedErrors } from './database-error.js';
import { isCullstreamDatabase, isOurHeader } from './application-id.js';
import { refuseNewer } from './refuse-newer.js';
import { Sqlite } from './sqlite.js';

/** Files that together are a database: a WAL or a hot journal holds what the main file lacks. */
const PARTS = ['', '-wal', '-journal'] as const;
const COPY_ATTEMPTS = 10;
/** Up to this size a copy is made in memory, since thousands of small databases may be read in a row. */
const MOST_IN_MEMORY_BYTES = 16 * 1024 * 1024;
const PRIVATE_FILE_MODE = 0o600;

/** Bytes 18 and 19 of a database: 2 with a write-ahead log, 1 without (https://www.sqlite.org/fileformat.html). */
const VERSION_BYTES = [18, 20] as const;
const ROLLBACK_VERSION = 1;

interface PrivateCopy {
  readonly sqlite: BetterSqlite3.Database;
  remove(): void;
}

/**
 * Runs `read` on a private copy of the database at `path`, which it may change. The original is only read
 * as a file: no files appear beside it, no byte, lock or modification time of it changes, and other
 * programs may have it open. A small database is copied into memory.
 * @throws {DatabaseError} when the file is damaged, no database, not readable, or a newer
 *   cullstream's.
 * @throws {TransientError} when another program keeps writing to it, or the disk is full.
 */
export function withPrivateCopy<T>(path: string, read: (sqlite: BetterSqlite3.Database) => T): T {
  return withTranslatedErrors('read', path, () => {
    const copy = openPrivateCopy(path);
    try {
      return read(copy.sqlite);
    } finally {
      copy.remove();
    }
  });
}

/** The copy that is in use within {@link withOneCopy}. */
let shared: { readonly path: string; readonly sqlite: BetterSqlite3.Database } | undefined;

/** Within `read`, all functions of this module share one private copy of the database at `path`. */
export function withOneCopy<T>(path: string, read: () => T): T {
  return withPrivateCopy(path, (sqlite) => {
    const before = shared;
    shared = { path, sqlite };
    try {
      return read();
    } finally {
      shared = before;
    }
  });
}

/** As {@link withPrivateCopy}, for asynchronous work; the copy is a file that can be attached. */
export async function withPrivateCopyFor<T>(
  path: string,
  work: (sqlite: BetterSqlite3.Database) => Promise<T>,
): Promise<T> {
  const copy = withTranslatedErrors('read', path, () => openCopiedFile(path));
  try {
    return await work(copy.sqlite);
  } finally {
    copy.remove();
  }
}

/** As {@link withPrivateCopy}, for iterating many rows; the copy is removed when the iteration ends. */
export function* iteratePrivateCopy<T>(
  path: string,
  read: (sqlite: BetterSqlite3.Database) => Iterable<T>,
): Generator<T, void, undefined> {
  const copy = withTranslatedErrors('read', path, () => openPrivateCopy(path));
  try {
    yield* read(copy.sqlite);
  } catch (error) {
    throw translateError(error, 'read', path);
  } finally {
    copy.remove();
  }
}

function openPrivateCopy(path: string): PrivateCopy {
  // `withOneCopy` made this copy and removes it.
  if (shared?.path === path) return { sqlite: shared.sqlite, remove: () => undefined };
  const bytes = readConsistently(path);
  return bytes === undefined ? openCopiedFile(path) : openInMemory(bytes, path);
}

function openInMemory(bytes: Buffer, path: string): PrivateCopy {
  const isOurs = isOurHeader(bytes);
  // There is no log, so these bytes are the whole database. In memory there can be no log: switch it off.
  if (bytes.length >= VERSION_BYTES[1]) bytes.fill(ROLLBACK_VERSION, ...VERSION_BYTES);
  const sqlite = new Sqlite(bytes);
  refuseUnknown(sqlite, isOurs, path);
  return { sqlite, remove: () => sqlite.close() };
}

function openCopiedFile(path: string): PrivateCopy {
  const folder = mkdtempSync(join(tmpdir(), 'cullstream-read-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copyPath = join(folder, 'copy.db');
    copyConsistently(path, copyPath);
    const sqlite = new Sqlite(copyPath);
    refuseUnknown(sqlite, isCullstreamDatabase(copyPath), path);
    const remove = () => {
      sqlite.close();
      removeFolder();
    };
    return { sqlite, remove };
  } catch (error) {
    removeFolder();
    throw error;
  }
}

/** Refuses a database of a newer release, since the meaning of its tables is not known. */
function refuseUnknown(sqlite: BetterSqlite3.Database, isOurs: boolean, path: string): void {
  try {
    if (isOurs) refuseNewer(sqlite, path);
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/** The bytes of a small database in a single file; undefined for others, which are copied to a file. */
function readConsistently(path: string): Buffer | undefined {
  const before = fingerprintDatabase(path);
  if (PARTS.some((part) => part !== '' && existsSync(`${path}${part}`))) return undefined;
  if (statSync(path).size > MOST_IN_MEMORY_BYTES) return undefined;
  const bytes = readFileSync(path);
  return fingerprintDatabase(path) === before ? bytes : undefined;
}

/** Copies until no part has changed from before the first to after the last. */
function copyConsistently(from: string, to: string): void {
  for (let attempt = 0; attempt < COPY_ATTEMPTS; attempt++) {
    const before = fingerprintDatabase(from);
    for (const part of PARTS) copyPart(`${from}${part}`, `${to}${part}`);
    if (fingerprintDatabase(from) === before) return;
  }
  throw Object.assign(new Error(`${from} changed during each of ${COPY_ATTEMPTS} copies`), {
    code: 'EBUSY',
  });
}

function copyPart(from: string, to: string): void {
  rmSync(to, { force: true });
  if (!existsSync(from)) return;
  refuseOtherThanFile(from);
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
  chmodSync(to, PRIVATE_FILE_MODE);
}

/**
 * A text that differs after any change of a database.
 * @throws {DatabaseError} if there is no file
 */
export function fingerprintDatabase(path: string): string {
  if (!existsSync(path)) {
    throw new DatabaseError('unreadable', path, `${path} does not exist; check the path`);
  }
  return PARTS.map((part) => {
    const stats = statSync(`${path}${part}`, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? '-' : `${stats.ino}:${stats.size}:${stats.mtimeNs}`;
  }).join(' ');
}
