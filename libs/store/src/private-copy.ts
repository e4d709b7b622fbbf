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
/** Up to this size a copy is in memory: thousands of small databases are asked one after another. */
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
 * Runs `read` on a private copy of the database at `path`, which it may change as it likes. The
 * original is only ever read as a file, so nothing appears beside it, no byte, lock or modification
 * time of it changes, and it does not matter who else has it open. A small one is copied into memory.
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

/** What is read of within {@link withOneCopy}. */
let shared: { readonly path: string; readonly sqlite: BetterSqlite3.Database } | undefined;

/** Whatever `read` reads of the database at `path` by other functions of here, it reads of one private copy. */
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

/** As {@link withPrivateCopy}, for work that takes its time; the copy is a file that others may attach. */
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

/** As {@link withPrivateCopy}, for rows too many to hold; the copy goes when the iteration ends. */
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
  // Whoever made the copy removes it.
  if (shared?.path === path) return { sqlite: shared.sqlite, remove: () => undefined };
  const bytes = readConsistently(path);
  return bytes === undefined ? openCopiedFile(path) : openInMemory(bytes, path);
}

function openInMemory(bytes: Buffer, path: string): PrivateCopy {
  const isOurs = isOurHeader(bytes);
  // No log is beside it, so it has nothing that is not in these bytes; memory has no place for one.
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

/** What a newer release means by its tables is not known here. */
function refuseUnknown(sqlite: BetterSqlite3.Database, isOurs: boolean, path: string): void {
  try {
    if (isOurs) refuseNewer(sqlite, path);
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/** All of a small database that is one file; undefined of others, which are copied. */
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
 * What changes whenever anything in a database does.
 * @throws {DatabaseError} when there is no file
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
