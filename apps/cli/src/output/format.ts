const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `38,366` */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** `1 h 12 min`, `3 min 5 s`, `4.2 s`: rounded to its smaller unit before it is split. */
export function formatSeconds(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
