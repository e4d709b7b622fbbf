/**
 * The partitions that a writer should have: all are dealt out in turn to the writers that are alive.
 * @param count number of partitions, which are numbered from 1
 * @param alive numbers of the living writers, the own one among them
 */
export function toShare(count: number, alive: readonly number[], own: number): number[] {
  const rank = alive.toSorted((one, other) => one - other).indexOf(own);
  const all = Array.from({ length: count }, (_unused, at) => at + 1);
  return all.filter((partition) => (partition - 1) % alive.length === rank);
}
