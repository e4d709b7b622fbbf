import { loadSqlite } from '@cullstream/sqlite';
import type BetterSqlite3 from 'better-sqlite3';

/** SQLite's connections, of the build that suits this Node. */
export const Sqlite: typeof BetterSqlite3 = loadSqlite();
