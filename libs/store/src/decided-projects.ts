import type BetterSqlite3 from 'better-sqlite3';

/** Projects that our decisions name: only one, unless files were mixed up. */
export function readDecidedProjects(sqlite: BetterSqlite3.Database): string[] {
  return sqlite
    .prepare<[], string>(
      `SELECT DISTINCT project_id FROM ai_decisions WHERE prediction_recipe IS NOT NULL
       ORDER BY project_id`,
    )
    .pluck()
    .all();
}
