const LENGTHS = { minutes: 16, seconds: 19 } as const;

/**
 * A time for people, which settings also read: `2026-01-31 09:45:12Z`.
 * @param iso ISO 8601 in UTC
 * @param to the smallest unit that is shown
 */
export function formatTime(iso: string, to: keyof typeof LENGTHS = 'seconds'): string {
  return `${iso.slice(0, LENGTHS[to]).replace('T', ' ')}Z`;
}
