import { symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openConnection } from './connection.js';
import { createTemporaryData } from './testing/temporary-data.js';
import { Sqlite } from './sqlite.js';

const FULL = 2;

describe('openConnection', () => {
  it('writes ahead and syncs every commit', () => {
    using data = createTemporaryData();
    const sqlite = openConnection(data.toPath('p.db'));
    expect(sqlite.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(sqlite.pragma('synchronous', { simple: true })).toBe(FULL);
    sqlite.close();
  });

  it('says so where write-ahead logging is not to be had, and lets others in', () => {
    using data = createTemporaryData();
    const path = data.toPath('p.db');
    // A broken link with the name of the shared memory file prevents write-ahead logging.
    symlinkSync(data.toPath('no/where'), `${path}-shm`);
    const notices: string[] = [];
    const sqlite = openConnection(path, { notice: (message) => notices.push(message) });
    expect(notices).toEqual([
      `${path}: the file system refuses write-ahead logging (SQLITE_CANTOPEN); ` +
        'using a rollback journal, which is as safe and slower',
    ]);
    sqlite.exec('CREATE TABLE notes (note TEXT)');
    expect(sqlite.pragma('journal_mode', { simple: true })).toBe('delete');
    expect(sqlite.pragma('synchronous', { simple: true })).toBe(FULL);
    const other = new Sqlite(path, { timeout: 0 });
    expect(other.prepare('SELECT * FROM notes').all()).toEqual([]);
    other.close();
    sqlite.close();
  });
});
