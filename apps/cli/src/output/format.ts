import Table from 'cli-table3';

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

/** A table for people: headings, then rows; numbers to the right. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const isNumber = head.map((_name, column) =>
    rows.every((row) => typeof row[column] === 'number'),
  );
  const table = new Table({
    head: [...head],
    colAligns: isNumber.map((number) => (number ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    table.push(row.map((cell) => (typeof cell === 'number' ? formatCount(cell) : cell)));
  }
  return table.toString();
}
