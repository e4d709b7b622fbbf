/**
 * `(a, b) VALUES (@a, @b)`: the end of an insertion, with a parameter for every column, named as it. The
 * compiler says when a column of the row's type is missing.
 */
export function rowValues<Row>(columns: Record<keyof Row & string, true>): string {
  const names = Object.keys(columns);
  return `(${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`;
}
