import {
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
  type RawBuilder,
} from 'kysely';
import type { StoreSchema } from './schema.js';

/** Only compiles: the hot path runs prepared statements on its own connection. */
export const queries = new Kysely<StoreSchema>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** A named parameter, `@name`, to be bound whenever the prepared statement runs. */
export function bound<T = string>(name: string): RawBuilder<T> {
  return sql<T>`${sql.raw(`@${name}`)}`;
}

export type BoundRow<Row> = { [Column in keyof Row]: RawBuilder<Row[Column]> };

/** A parameter for every column, named as the column. */
export function boundRow<Row>(columns: Record<keyof Row & string, true>): BoundRow<Row> {
  return Object.fromEntries(
    Object.keys(columns).map((column) => [column, bound(column)]),
  ) as unknown as BoundRow<Row>;
}
