/**
 * A process that tries to take locks when it is told to: `try` keeps one until `release`. Who has one makes
 * a witness, a file that only one can make.
 */
import { closeSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { tryLockFile } from '../../dist/lock-file.js';
import { tryLockBySystem } from '../../dist/system-lock.js';

let lock;
let witness;

process.on('message', (request) => {
  process.send(request.kind === 'try' ? attempt(request) : release());
});
process.on('disconnect', () => process.exit());

function attempt({ path, fileSystem }) {
  lock = fileSystem === 'without locks' ? tryLockFile(path, refusing(path)) : tryLockFile(path);
  if (lock === undefined) return 'held by another';
  witness = `${path}.witness`;
  try {
    closeSync(openSync(witness, 'wx'));
    return lock.keepsOut;
  } catch {
    return 'two holders';
  }
}

function release() {
  if (lock === undefined) return 'had none';
  rmSync(witness);
  lock.release();
  lock = undefined;
  return 'released';
}

/** A network drive whose locks do not work: SQLite hears that each is held. */
function refusing(path) {
  const folder = dirname(path);
  return (asked) => (dirname(asked) === folder ? 'held' : tryLockBySystem(asked));
}
