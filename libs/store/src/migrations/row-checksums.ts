import { sql, type Kysely, type Migration } from 'kysely';

/** A checksum of the values of each result, so that a changed bit in one is noticed. */
export const rowChecksums: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw('ALTER TABLE predictions ADD COLUMN checksum INTEGER').execute(db);
  },
};
