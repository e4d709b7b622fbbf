/**
 * The next moment at which a clock in the machine's time zone shows `timeOfDay`.
 * @param timeOfDay `HH:MM` or `HH:MM:SS`
 */
export function nextTimeOfDay(timeOfDay: string, now: Date): Date {
  const [hours = 0, minutes = 0, seconds = 0] = timeOfDay.split(':').map(Number);
  const next = new Date(now);
  next.setHours(hours, minutes, seconds, 0);
  if (next.getTime() <= now.getTime()) next.setDate(next.getDate() + 1);
  return next;
}
