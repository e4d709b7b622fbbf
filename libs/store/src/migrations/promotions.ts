import { sql, type Kysely, type Migration } from 'kysely';

/** The cells of `ai_decisions` that promotions replaced, so that each can be undone. */
export const promotions: Migration = {
  async up(db: Kysely<unknown>) {
    await sql
      .raw(
        `CREATE TABLE promotions (
          promotion TEXT PRIMARY KEY, version TEXT NOT NULL, run TEXT NOT NULL) STRICT`,
      )
      .execute(db);
    await sql
      .raw(
        `CREATE TABLE replaced_decisions (
          promotion TEXT NOT NULL REFERENCES promotions(promotion), group_id TEXT NOT NULL,
          timestamp TEXT NOT NULL, ai_selected_index INTEGER, ai_crop_coords TEXT,
          ai_confidence REAL, image_width INTEGER NOT NULL, image_height INTEGER NOT NULL,
          prediction_recipe TEXT,
          PRIMARY KEY (promotion, group_id)) STRICT, WITHOUT ROWID`,
      )
      .execute(db);
  },
};
