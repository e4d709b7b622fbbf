import { formatTable as format, type TableLimits, type TableRow } from '@cullstream/report';

/** A table that fits the terminal. */
export function formatTable(
  head: readonly string[],
  rows: readonly TableRow[],
  limits: Omit<TableLimits, 'columns'> = {},
): string {
  return format(head, rows, { columns: tableColumns(), ...limits });
}

/** Columns that a table on stdout may have. Where it is no terminal, a table is as wide as it has to be. */
export function tableColumns(): number {
  return process.stdout.isTTY && process.stdout.columns > 0 ? process.stdout.columns : Infinity;
}
