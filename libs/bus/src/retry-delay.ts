/**
 * Exponential backoff: `firstMs`, doubled with every further attempt, never more than `maxMs`.
 * @param attempt 1 for the first failure.
 */
export function retryDelayMs(attempt: number, firstMs: number, maxMs: number): number {
  const doublings = Math.min(Math.max(attempt, 1) - 1, 30);
  return Math.min(firstMs * 2 ** doublings, maxMs);
}
