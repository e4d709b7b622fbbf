import Database from 'better-sqlite3';

/**
 * Stores failures in a project's database, as if its first images could not be found for a moment.
 * @param images number of these images
 */
export function pretendFailures(path: string, images: number): void {
  const database = new Database(path);
  const { changes } = database
    .prepare(
      `UPDATE predictions SET outcome = 'failed', stage = 'embedder', reason = 'file-missing',
         message = 'gone', content_sha256 = NULL, width_px = NULL, height_px = NULL,
         embedding_recipe = NULL, score = NULL, crop = NULL
       WHERE sequence < ? AND outcome <> 'failed'`,
    )
    .run(images);
  database
    .prepare('UPDATE runs SET failed_count = failed_count + ?, embedded_count = embedded_count - ?')
    .run(changes, changes);
  database.close();
}
