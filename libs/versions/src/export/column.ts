/**
 * A column of an export. A list is written as an array in JSON lines, and as JSON text in other
 * formats.
 */
export interface Column {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean' | 'list';
}

export type Cell = string | number | boolean | readonly (string | number | null)[] | null;
export type Row = Readonly<Record<string, Cell>>;

/** The columns of an export in order, and its rows, which are read while they are written. */
export interface Sheet {
  readonly columns: readonly Column[];
  readonly rows: Iterable<Row>;
}
