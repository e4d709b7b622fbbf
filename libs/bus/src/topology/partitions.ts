/** A share of all projects: the `index`th of `count`, from 1. */
export interface Partition {
  readonly index: number;
  readonly count: number;
}

/** Projects fall into so many slots, and a partition consists of whole ones: it is the most partitions. */
export const PROJECT_SLOTS = 64;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The slot of a project: the same in every process and version.
 * @param token the project as a token of a subject
 * @returns 0 to 63
 */
export function toProjectSlot(token: string): number {
  // FNV-1a. Its low bits depend on the low bits of the characters alone, so that the others are mixed in.
  let hash = FNV_OFFSET;
  for (let at = 0; at < token.length; at++) {
    hash = Math.imul(hash ^ token.charCodeAt(at), FNV_PRIME);
  }
  return (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (PROJECT_SLOTS - 1);
}

/** Whether a message of an image is of a partition: by the project that its subject names. */
export function isInPartition(subject: string, { index, count }: Partition): boolean {
  if (count === 1) return true;
  const token = subject.slice(subject.lastIndexOf('.') + 1);
  return toProjectSlot(token) % count === index - 1;
}

/** All partitions of so many writers. */
export function toPartitions(count: number): Partition[] {
  return Array.from({ length: count }, (_unused, at) => ({ index: at + 1, count }));
}
