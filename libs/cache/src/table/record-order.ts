import { RECORD_WORDS } from './table-format.js';

/** Negative, zero or positive as the first record sorts before, with or behind the second. */
export function compareKeys(a: Uint32Array, aAt: number, b: Uint32Array, bAt: number): number {
  const difference = (a[aAt] ?? 0) - (b[bAt] ?? 0);
  return difference === 0 ? (a[aAt + 1] ?? 0) - (b[bAt + 1] ?? 0) : difference;
}

/** The records in the order of their keys. */
export function sortRecords(records: Uint32Array): Uint32Array {
  const order = Uint32Array.from(
    { length: records.length / RECORD_WORDS },
    (_value, index) => index * RECORD_WORDS,
  ).sort((a, b) => compareKeys(records, a, records, b));
  const sorted = new Uint32Array(records.length);
  for (const [index, at] of order.entries()) {
    sorted.set(records.subarray(at, at + RECORD_WORDS), index * RECORD_WORDS);
  }
  return sorted;
}
