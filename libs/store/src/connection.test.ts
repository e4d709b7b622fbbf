import { describe, expect, it } from 'vitest';
import { chooseJournal, openConnection } from './connection.js';
import { createTemporaryData } from './testing/temporary-data.js';
import { Sqlite } from './sqlite.js';

const FULL = 2;

describe('openConnection', () => {
  it('writes ahead and syncs every commit', () => {
    using data = createTemporaryData();
    const sqlite = openConnection(data.pathOf('p.db'));
    expect(sqlite.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(sqlite.pragma('synchronous', { simple: true })).toBe(FULL);
    sqlite.close();
  });

  it('says so where write-ahead logging is not to be had', () => {
    const notices: string[] = [];
    const sqlite = new Sqlite(':memory:');
    chooseJournal(sqlite, (message) => notices.push(message));
    expect(notices).toEqual([expect.stringContaining('refuses write-ahead logging')]);
    sqlite.close();
  });
});
