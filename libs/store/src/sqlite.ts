import { loadSqlite } from '@cullstream/sqlite';
import type BetterSqlite3 from 'better-sqlite3';

type Constructor = typeof BetterSqlite3;

/**
 * The class of SQLite connections, from the build that matches this version of Node. It is loaded at the
 * first use: an error while importing could not be reported with advice.
 */
export const Sqlite: Constructor = new Proxy(
  function target() {
    // Never called: it only makes the proxy constructible.
  } as unknown as Constructor,
  {
    construct: (_target, args) =>
      new (loadSqlite())(...(args as ConstructorParameters<Constructor>)),
    get: (_target, key) => Reflect.get(loadSqlite(), key) as unknown,
  },
);

/**
 * Loads SQLite now, for a service that would otherwise fail at its first database.
 * @throws Error that says what to do if it cannot be loaded
 */
export function requireSqlite(): void {
  loadSqlite();
}
