import Table from 'cli-table3';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** `38,366` */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** `1 h 12 min`, `3 min 5 s`, `4.2 s` */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.round((seconds % 3_600) / 60)} min`;
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
