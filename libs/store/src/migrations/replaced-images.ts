import { sql, type Kysely, type Migration } from 'kysely';

/** The images of a replaced decision: a version may have decided a group that had others. */
export const replacedImages: Migration = {
  async up(db: Kysely<unknown>) {
    for (const column of ['directory', 'images'])
      await sql.raw(`ALTER TABLE replaced_decisions ADD COLUMN ${column} TEXT`).execute(db);
  },
};
