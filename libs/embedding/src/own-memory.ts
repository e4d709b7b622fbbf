/** Beyond its data: a zip entry's header is read with it. */
const SURPLUS_BYTES = 1_024;
/** Smaller arrays may lie in memory that they share with others. */
const MIN_GIVEN_AWAY_BYTES = 64 * 1024;

/** The memory under an image that nobody else looks at: it is given to a thread, not copied. */
export function toOwnMemory({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  const isOwn =
    byteLength >= MIN_GIVEN_AWAY_BYTES && buffer.byteLength <= byteLength + SURPLUS_BYTES;
  return isOwn && buffer instanceof ArrayBuffer ? [buffer] : [];
}
