/** A column of an export. A list is an array in JSON lines, and its JSON elsewhere. */
export interface Column {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean' | 'list';
}

export type Cell = string | number | boolean | readonly (string | number | null)[] | null;
export type Row = Readonly<Record<string, Cell>>;

/** What is exported: the columns in order, and rows that are read as they are written. */
export interface Sheet {
  readonly columns: readonly Column[];
  readonly rows: Iterable<Row>;
}
