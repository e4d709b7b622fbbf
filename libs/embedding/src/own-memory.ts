/** Bytes besides the data: the header of a zip entry is read with it. */
const SURPLUS_BYTES = 1_024;
/** Smaller arrays may lie in a buffer that is shared with others. */
const MIN_GIVEN_AWAY_BYTES = 64 * 1024;

/**
 * The buffer of an image that nothing else refers to: it is transferred to a thread, not copied.
 */
export function toOwnMemory({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  const isOwn =
    byteLength >= MIN_GIVEN_AWAY_BYTES && buffer.byteLength <= byteLength + SURPLUS_BYTES;
  return isOwn && buffer instanceof ArrayBuffer ? [buffer] : [];
}
