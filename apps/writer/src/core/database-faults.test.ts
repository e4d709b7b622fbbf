import { TransientError } from '@cullstream/contracts';
import { DatabaseError, DatabaseReadWriteError } from '@cullstream/store';
import { expect, it } from 'vitest';
import { createDatabaseFaults } from './database-faults.js';

const EVERY_MS = 2_000;
const unreadable = new DatabaseReadWriteError('p.db: reading or writing failed (SQLITE_IOERR)');

it('what only a person can help with is final at once', () => {
  const faults = createDatabaseFaults();
  expect(faults.isFinal('p', new DatabaseError('not-writable', 'p.db', 'no permission'), 0)).toBe(
    true,
  );
});

it('an input/output error is final when it has come five times in eight seconds', () => {
  const faults = createDatabaseFaults();
  const judged = [0, 1, 2, 3, 4].map((at) => faults.isFinal('p', unreadable, at * EVERY_MS));
  expect(judged).toEqual([false, false, false, false, true]);
});

it('five at once are not: the disk may have been away', () => {
  const faults = createDatabaseFaults();
  expect([1, 2, 3, 4, 5].map(() => faults.isFinal('p', unreadable, 0))).not.toContain(true);
});

it('a commit, and the faults of another project, begin anew', () => {
  const faults = createDatabaseFaults();
  for (let at = 0; at < 4; at++) faults.isFinal('p', unreadable, at * EVERY_MS);
  expect(faults.isFinal('other', unreadable, 4 * EVERY_MS)).toBe(false);
  faults.worked('p');
  expect(faults.isFinal('p', unreadable, 4 * EVERY_MS)).toBe(false);
});

it('a full disk is waited for', () => {
  const faults = createDatabaseFaults();
  const full = new TransientError('the disk is full');
  for (let at = 0; at < 9; at++) expect(faults.isFinal('p', full, at * EVERY_MS)).toBe(false);
});
