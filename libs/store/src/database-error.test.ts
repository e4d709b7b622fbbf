import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TransientError } from '@cullstream/contracts';
import { DatabaseError, DatabaseReadWriteError, translateError } from './database-error.js';
import { Sqlite } from './sqlite.js';
import { createForeignDatabase, createTemporaryData } from './testing/temporary-data.js';

function sqliteError(code: string) {
  return new Sqlite.SqliteError('as SQLite says it', code);
}

describe('translateError', () => {
  it.each([
    ['SQLITE_FULL', /could not write to p\.db: the disk is full/],
    ['SQLITE_BUSY', /another program holds its lock/],
    ['SQLITE_BUSY_SNAPSHOT', /another program holds its lock/],
    ['SQLITE_IOERR_WRITE', /reading or writing failed \(SQLITE_IOERR_WRITE\)/],
  ])('takes %s for passing', (code, message) => {
    const cause = sqliteError(code);
    const error = translateError(cause, 'write to', 'p.db');
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) as string, cause });
  });

  it.each([
    ['SQLITE_CORRUPT', 'damaged'],
    ['SQLITE_NOTADB', 'damaged'],
    ['SQLITE_READONLY', 'not-writable'],
    ['SQLITE_CANTOPEN', 'not-writable'],
  ])('takes %s for a file that is %s', (code, problem) => {
    const error = translateError(sqliteError(code), 'open', 'p.db');
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error).toMatchObject({ problem, path: 'p.db' });
  });

  it('takes a file that cannot be opened for passing where nothing forbids it', () => {
    using data = createTemporaryData();
    const path = data.toPath('p.db');
    createForeignDatabase(path, 'CREATE TABLE t (c)');
    const error = translateError(sqliteError('SQLITE_CANTOPEN'), 'open', path);
    expect(error).toBeInstanceOf(DatabaseReadWriteError);
    expect(translateError(sqliteError('SQLITE_CANTOPEN'), 'open', dirname(path))).toMatchObject({
      problem: 'not-writable',
    });
  });

  it('takes a format that SQLite does not know for damage', () => {
    const unknown = new Sqlite.SqliteError('unsupported file format', 'SQLITE_ERROR');
    expect(translateError(unknown, 'read', 'p.db')).toMatchObject({ problem: 'damaged' });
    expect(translateError(sqliteError('SQLITE_ERROR'), 'read', 'p.db')).not.toBeInstanceOf(
      DatabaseError,
    );
  });

  it('knows the errors of the file system', () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const readOnly = Object.assign(new Error('read-only'), { code: 'EROFS' });
    expect(translateError(full, 'open', 'p.db')).toBeInstanceOf(TransientError);
    expect(translateError(readOnly, 'open', 'p.db')).toMatchObject({ problem: 'not-writable' });
  });

  it('leaves every other error as it is', () => {
    const bug = new RangeError('a bug');
    expect(translateError(bug, 'open', 'p.db')).toBe(bug);
  });
});
