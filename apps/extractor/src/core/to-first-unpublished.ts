/**
 * Messages that may have been unacknowledged when an extractor was killed. The broker may have stored a
 * later one without an earlier one, so this many are published again. Their message ids and the
 * idempotence of every stage make repeats harmless.
 */
const OVERLAP = 256;

/**
 * The sequence from which a project is continued.
 * @param lastSequence sequence of the last event stored for the project; undefined without one
 * @param isChained whether it was stored behind the one before it, so that none is missing
 */
export function toFirstUnpublished(lastSequence: number | undefined, isChained: boolean): number {
  if (lastSequence === undefined) return 0;
  return isChained ? lastSequence + 1 : Math.max(0, lastSequence + 1 - OVERLAP);
}
