import { loadSqlite } from '@cullstream/sqlite';
import type BetterSqlite3 from 'better-sqlite3';

type Constructor = typeof BetterSqlite3;

/**
 * SQLite's connections, of the build that suits this Node. Loaded with the first use, so that importing
 * this cannot fail before there is anybody to tell what to do.
 */
export const Sqlite: Constructor = new Proxy(
  function target() {
    // Only has to be constructible.
  } as unknown as Constructor,
  {
    construct: (_target, args) =>
      new (loadSqlite())(...(args as ConstructorParameters<Constructor>)),
    get: (_target, key) => Reflect.get(loadSqlite(), key) as unknown,
  },
);

/**
 * Loads it now: for a service that would find out only with its first database.
 * @throws Error that says what to do where it cannot be loaded
 */
export function requireSqlite(): void {
  loadSqlite();
}
