/**
 * Waits for the first of what may end a service, then closes what it has open, whatever ended it.
 * @throws what the first of them failed with, or closing
 */
export async function closeAfter(
  ends: readonly Promise<unknown>[],
  close: () => Promise<void>,
): Promise<void> {
  try {
    await Promise.race(ends);
  } finally {
    await close();
  }
}
