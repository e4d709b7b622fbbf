import type { RunId } from './names.js';

/** Time in ids and file names: `YYYYMMDDTHHMMSSZ`, UTC. */
export function toCompactTime(time: Date): string {
  return `${time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * A new run id: the start of the run, and four characters that distinguish two starts in one
 * second.
 * @param random four bytes
 */
export function newRunId(start: Date, random: Uint8Array): RunId {
  const suffix = Array.from(random.subarray(0, 4), (byte) => ALPHABET[byte % ALPHABET.length]).join(
    '',
  );
  return `${toCompactTime(start)}-${suffix}`;
}
