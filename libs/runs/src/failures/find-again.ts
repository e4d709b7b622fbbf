import type { DeadEntry } from './dead-entry.js';

/** The same failure among others. A message that fails again leaves another dead letter with the same bytes. */
export function findAgain(entry: DeadEntry, among: readonly DeadEntry[]): DeadEntry | undefined {
  return among.find((each) => isSame(each, entry));
}

function isSame(one: DeadEntry, other: DeadEntry): boolean {
  if (one.kind !== 'message' || other.kind !== 'message') return one.id === other.id;
  return (
    one.letter.subject === other.letter.subject &&
    Buffer.compare(one.letter.data, other.letter.data) === 0
  );
}
