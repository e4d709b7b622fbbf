import { closeSync, readSync } from 'node:fs';
import { openRegularFileSync } from '@cullstream/files';
import { Sqlite } from '../sqlite.js';
import type { Report } from './finding.js';

/** Offset of the write version in the header; 2 means write-ahead logging. */
const WRITE_VERSION_OFFSET = 18;
const WRITES_AHEAD = 2;

/**
 * Reports a database that another program has locked. A read-only connection without waiting finds that
 * out and leaves no trace. With write-ahead logging readers are never locked out, and connecting would
 * create files, so such a database is not checked.
 */
export function checkLock(path: string, report: Report): void {
  if (writesAhead(path)) return;
  const sqlite = new Sqlite(path, { readonly: true, timeout: 0 });
  try {
    sqlite.prepare('SELECT 1 FROM sqlite_schema').get();
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) return;
    report({
      severity: 'warning',
      check: 'locked',
      message:
        'another program has it locked; what was last committed is checked. ' +
        'Close that program, or repeat this when it has ended its work',
    });
  } finally {
    sqlite.close();
  }
}

function writesAhead(path: string): boolean {
  const file = openRegularFileSync(path);
  try {
    const version = Buffer.alloc(1);
    readSync(file, version, 0, 1, WRITE_VERSION_OFFSET);
    return version[0] === WRITES_AHEAD;
  } finally {
    closeSync(file);
  }
}
