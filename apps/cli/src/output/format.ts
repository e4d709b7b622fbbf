import Table from 'cli-table3';
import stringWidth from 'string-width';

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

/**
 * A table for people: headings, then rows; numbers to the right.
 * @param columns it may have: text is wrapped to fit a terminal, never cut
 */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  columns: number = terminalColumns(),
): string {
  const isNumber = head.map((_name, column) =>
    rows.every((row) => typeof row[column] === 'number'),
  );
  const texts = rows.map((row) =>
    row.map((cell) => (typeof cell === 'number' ? formatCount(cell) : cell)),
  );
  const table = new Table({
    head: [...head],
    colAligns: isNumber.map((number) => (number ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
    colWidths: fitWidths([head, ...texts], columns),
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  table.push(...texts);
  return table.toString();
}

/** Where stdout is no terminal, a table is as wide as it has to be. */
function terminalColumns(): number {
  return process.stdout.isTTY && process.stdout.columns > 0 ? process.stdout.columns : Infinity;
}

const PADDING = 2;
const LEAST_WIDTH = PADDING + 3;

/** Widths of columns with their padding: the widest one gives way until all fit. */
function fitWidths(rows: readonly (readonly string[])[], columns: number): number[] {
  const [head = []] = rows;
  const widths = head.map(
    (_name, column) =>
      PADDING +
      Math.max(...rows.flatMap((row) => (row[column] ?? '').split('\n').map(stringWidth))),
  );
  const borders = head.length + 1;
  let excess = widths.reduce((sum, width) => sum + width, borders) - columns;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= LEAST_WIDTH) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}
