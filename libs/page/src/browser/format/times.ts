const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The unit for a number of seconds that gives at most two digits before the decimal point. */
function toUnit(seconds: number): readonly [size: number, name: string, digits: number] {
  if (seconds < 90) return [1, 's', 0];
  if (seconds < 90 * MINUTE) return [MINUTE, 'min', 0];
  if (seconds < 48 * HOUR) return [HOUR, 'h', 1];
  return [DAY, 'days', 1];
}

/** `6 to 9 min`. Both ends have the unit of the higher one. */
export function formatInterval(low: number, high: number): string {
  const [size, name, digits] = toUnit(high);
  const from = (low / size).toFixed(digits);
  const to = (high / size).toFixed(digits);
  return from === to ? `${to} ${name}` : `${from} to ${to} ${name}`;
}

/** `45 s`, `12 min` */
export const formatSeconds = (seconds: number): string => formatInterval(seconds, seconds);

/** `14:05:12` in the time zone of the browser. */
export const formatClock = (time: string | Date): string =>
  new Date(time).toLocaleTimeString('en-GB');

/** `29 Nov 2026, 14:05` */
export const formatDate = (time: string): string =>
  new Date(time).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
