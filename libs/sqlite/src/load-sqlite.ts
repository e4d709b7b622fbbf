import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';

const require = createRequire(import.meta.url);
/** From Node 22.14; a binary built on this version runs in every later one. */
const NODE_API_OF_NEWER_BUILD = 10;

let loaded: typeof BetterSqlite3 | undefined;

/**
 * SQLite for this Node, loaded when it is first asked for. better-sqlite3 12 runs everywhere, but where
 * it was compiled with the headers of Node 24.19 or later it aborts the process during garbage collection
 * (nodejs/node issue 65446). Version 13 is built on Node-API instead, which Node 20 has too little of.
 *
 * @throws {Error} when neither build has a binary that suits this Node; the cause says what was wrong
 */
export function loadSqlite(): typeof BetterSqlite3 {
  return (loaded ??= load());
}

function load(): typeof BetterSqlite3 {
  let failure: unknown;
  if (Number(process.versions['napi']) >= NODE_API_OF_NEWER_BUILD) {
    try {
      return tried(require('better-sqlite3-napi') as typeof BetterSqlite3);
    } catch (error) {
      // Not installed, or its binary does not work on this system: then the other one was compiled
      // here.
      failure = error;
    }
  }
  try {
    return tried(require('better-sqlite3') as typeof BetterSqlite3);
  } catch (error) {
    const cause = failure ?? error;
    throw new Error('SQLite cannot be loaded; run `npm rebuild` with this very Node', { cause });
  }
}

/** The binary is loaded when the first database is opened. */
function tried(sqlite: typeof BetterSqlite3): typeof BetterSqlite3 {
  new sqlite(':memory:').close();
  return sqlite;
}
