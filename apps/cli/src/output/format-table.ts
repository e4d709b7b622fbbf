import { formatTable as format, type TableLimits, type TableRow } from '@cullstream/report';

/** Formats a table that fits the terminal. */
export function formatTable(
  head: readonly string[],
  rows: readonly TableRow[],
  limits: Omit<TableLimits, 'columns'> = {},
): string {
  return format(head, rows, { columns: tableColumns(), ...limits });
}

/** Width of a table on stdout, in characters. Infinite where stdout is not a terminal. */
export function tableColumns(): number {
  return process.stdout.isTTY && process.stdout.columns > 0 ? process.stdout.columns : Infinity;
}
