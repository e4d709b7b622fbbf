const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `1 h 12 min`, `3 min 5 s`, `4.2 s`: rounded to its smaller unit before it is split. */
export function formatSeconds(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 3_600) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${whole.format(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
