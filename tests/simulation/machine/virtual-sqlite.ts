import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { KilledError, machine } from './machine.js';

const require = createRequire(import.meta.url);
/** The builds that `@cullstream/sqlite` chooses from. */
const builds = ['better-sqlite3', 'better-sqlite3-napi'];

/**
 * Replaces the class of SQLite's connections: for code of the simulation, transactions may fail, and
 * the connections of a killed process are closed, which takes back what was not committed.
 */
export function installSqlite(): void {
  for (const build of builds) {
    let path: string;
    try {
      path = require.resolve(build);
    } catch {
      continue;
    }
    const Real = require(build) as typeof BetterSqlite3;
    const entry = require.cache[path];
    if (entry !== undefined) entry.exports = toVirtual(Real);
  }
}

type Work = (...args: unknown[]) => unknown;
interface Transaction extends Work {
  readonly immediate: Work;
}

function toVirtual(Real: typeof BetterSqlite3): typeof BetterSqlite3 {
  return class extends Real {
    constructor(...args: ConstructorParameters<typeof Real>) {
      const { current } = machine;
      if (current?.isAlive === false) throw new KilledError();
      super(...args);
      if (current === undefined) return;
      const release = () => {
        try {
          super.close();
        } catch {
          // Killed while it read row after row: the connection ends with its last reference.
        }
      };
      current.held.add(release);
      this.close = () => {
        current.held.delete(release);
        return super.close();
      };
    }

    override transaction = ((work: Work) => {
      const made = super.transaction(work) as Transaction;
      const attempted = (...args: unknown[]) => attempt(this, () => made(...args));
      return Object.assign(attempted, {
        immediate: (...args: unknown[]) => attempt(this, () => made.immediate(...args)),
      });
    }) as never;
  } as unknown as typeof BetterSqlite3;
}

/** Of `PRAGMA synchronous`: with it, what was committed survives that the power fails. */
const FULL = 2;

function attempt<T>(database: BetterSqlite3.Database, transaction: () => T): T {
  const isInMemory = database.memory;
  const { current, faults } = machine;
  if (current === undefined) return transaction();
  if (!current.isAlive) throw new KilledError();
  faults.onTransaction(current, 'before', isInMemory);
  const result = transaction();
  if (!isInMemory && machine.unsynced !== undefined) {
    const isSynced = Number(database.pragma('synchronous', { simple: true })) >= FULL;
    if (isSynced) machine.unsynced.committed(database.name);
  }
  faults.onTransaction(current, 'after', isInMemory);
  return result;
}
