/**
 * Publications that may have been in flight when an extractor was killed: the broker may have
 * stored a later one without an earlier one, so the last of them are published again. Their message
 * ids and the idempotence of every stage make repeats harmless.
 */
const OVERLAP = 256;

/**
 * Where to go on in a project whose order is fixed.
 * @param lastSequence of the last event stored for the project, undefined where there is none
 */
export function toFirstUnpublished(lastSequence: number | undefined): number {
  return lastSequence === undefined ? 0 : Math.max(0, lastSequence + 1 - OVERLAP);
}
