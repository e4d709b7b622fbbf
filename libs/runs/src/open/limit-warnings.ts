/** Services read the record often, so it stays short. */
const MOST_BYTES = 8 * 1024;

/** Each once, and as many, from the first on, as a record holds. */
export function limitWarnings(warnings: readonly string[]): string[] {
  let left = MOST_BYTES;
  return [...new Set(warnings)].filter((warning) => {
    const bytes = Buffer.byteLength(JSON.stringify(warning)) + 1;
    if (bytes > left) return false;
    left -= bytes;
    return true;
  });
}
