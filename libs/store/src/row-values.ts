/**
 * `(a, b) VALUES (@a, @b)`: the end of an INSERT, with a parameter for every column. The compiler reports a
 * missing column of the row's type.
 */
export function rowValues<Row>(columns: Record<keyof Row & string, true>): string {
  const names = Object.keys(columns);
  return `(${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`;
}
