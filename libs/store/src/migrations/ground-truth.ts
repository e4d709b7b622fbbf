import { sql, type Kysely, type Migration } from 'kysely';

/** What a person chose and cropped of each group, found from the finished images. */
export const groundTruth: Migration = {
  async up(db: Kysely<unknown>) {
    await sql
      .raw(
        `CREATE TABLE ground_truth (
          group_id TEXT PRIMARY KEY, final_file TEXT, selected_index INTEGER,
          action TEXT NOT NULL, box_px TEXT, crop TEXT, method TEXT NOT NULL, score REAL,
          final_time TEXT, final_path TEXT, evidence TEXT,
          CHECK (action IN ('approve','crop','reject')),
          CHECK (method IN ('exact','correlated','scaled','none')),
          CHECK ((action = 'reject') = (selected_index IS NULL)),
          CHECK ((action = 'reject') = (final_file IS NULL)),
          CHECK ((box_px IS NULL) = (crop IS NULL))) STRICT`,
      )
      .execute(db);
  },
};
