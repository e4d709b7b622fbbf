import type BetterSqlite3 from 'better-sqlite3';
import type { EmbeddingOrigin, ImageSource, PredictionRecipe, RunId } from '@cullstream/contracts';
import { readDecidedProjects } from './decided-projects.js';
import { iteratePrivateCopy, withPrivateCopy } from './private-copy.js';
import { toRunProgress, type RunProgress } from './run-progress.js';
import type { RunRow } from './schema.js';
import { readColumns } from './table-columns.js';

/** What a database holds of a run, counted from its rows instead of read from its counters. */
export interface DatabaseFacts {
  readonly progress: RunProgress;
  readonly recipe: PredictionRecipe | null;
  /** Number of rows of images by outcome. */
  readonly outcomes: Readonly<Record<EmbeddingOrigin | 'failed', number>>;
  /** Sequences of the catalogue without a row, as ranges: both ends belong to them. */
  readonly missingSequences: readonly { readonly from: number; readonly to: number }[];
  /** Groups of which at least one image has a row. */
  readonly groups: number;
  readonly decidedGroups: number;
  readonly failedGroups: number;
  /** Groups that are neither decided nor failed. */
  readonly undecidedGroupIds: readonly string[];
  /** Groups decided by this run that have no row in `ai_decisions`. */
  readonly groupIdsWithoutRow: readonly string[];
  /** One image of each of these groups, and of each undecided group whose images all have rows. */
  readonly sequencesWithoutDecision: readonly number[];
  /** Rows of `ai_decisions` that name a recipe which no run used. */
  readonly groupIdsOfUnknownRecipe: readonly string[];
  /** Projects that rows of `ai_decisions` name: only one, unless files were mixed up. */
  readonly decidedProjects: readonly string[];
  /** Embedding recipes of the run's rows. */
  readonly embeddingRecipes: readonly string[];
}

/**
 * The facts that `verify` compares with catalogue, cache and stream; undefined if the database does not
 * have this run. Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readDatabaseFacts(
  path: string,
  project: string,
  run: RunId,
): DatabaseFacts | undefined {
  return withPrivateCopy(path, (sqlite) => {
    if (readColumns(sqlite, 'runs').size === 0) return undefined;
    const row = sqlite.prepare<[string], RunRow>('SELECT * FROM runs WHERE run = ?').get(run);
    return row === undefined ? undefined : readFacts(sqlite, project, row);
  });
}

function readFacts(sqlite: BetterSqlite3.Database, project: string, row: RunRow): DatabaseFacts {
  const { run, catalogue } = row;
  const texts = (query: string, ...parameters: string[]) =>
    sqlite
      .prepare<string[], string>(query)
      .pluck()
      .all(...parameters);
  const outcomes = { computed: 0, cached: 0, legacy: 0, failed: 0 };
  for (const { outcome, rows } of sqlite
    .prepare<[string], { outcome: keyof typeof outcomes; rows: number }>(
      'SELECT outcome, COUNT(*) AS rows FROM predictions WHERE run = ? GROUP BY outcome',
    )
    .iterate(run)) {
    outcomes[outcome] = rows;
  }
  const [recipe] = texts('SELECT recipe FROM recipes WHERE id = ?', row.recipe ?? '');
  const decided = (outcome: string) =>
    texts('SELECT group_id FROM group_decisions WHERE run = ? AND outcome = ?', run, outcome)
      .length;
  return {
    progress: toRunProgress(project, row, []),
    recipe: recipe === undefined ? null : (JSON.parse(recipe) as PredictionRecipe),
    outcomes,
    missingSequences: missingSequences(sqlite, row),
    groups: texts('SELECT group_id FROM group_decisions WHERE run = ?', run).length,
    decidedGroups: decided('decided'),
    failedGroups: decided('failed'),
    undecidedGroupIds: texts(
      `SELECT DISTINCT image.group_id FROM images image CROSS JOIN predictions prediction
       ON prediction.run = ? AND prediction.sequence = image.sequence
       LEFT JOIN group_decisions decision
       ON decision.run = prediction.run AND decision.group_id = image.group_id
       WHERE image.catalogue = ? AND image.group_id IS NOT NULL AND decision.outcome IS NULL
       ORDER BY image.group_id`,
      run,
      catalogue,
    ),
    groupIdsWithoutRow: texts(
      `SELECT group_id FROM group_decisions WHERE run = ? AND outcome = 'decided'
       AND group_id NOT IN (SELECT group_id FROM ai_decisions) ORDER BY group_id`,
      run,
    ),
    sequencesWithoutDecision: sqlite
      .prepare<[string, string], number>(
        `SELECT MIN(image.sequence) FROM predictions prediction CROSS JOIN images image
         ON image.catalogue = ? AND image.sequence = prediction.sequence
         LEFT JOIN groups ON groups.catalogue = image.catalogue AND groups.group_id = image.group_id
         LEFT JOIN group_decisions decision
         ON decision.run = prediction.run AND decision.group_id = image.group_id
         WHERE prediction.run = ? AND image.group_id IS NOT NULL AND (decision.outcome IS NULL
           OR (decision.outcome = 'decided'
             AND image.group_id NOT IN (SELECT group_id FROM ai_decisions)))
         GROUP BY image.group_id HAVING COUNT(*) >= COALESCE(groups.present, 0) ORDER BY 1`,
      )
      .pluck()
      .all(catalogue, run),
    groupIdsOfUnknownRecipe: texts(
      `SELECT group_id FROM ai_decisions WHERE ai_selected_index IS NOT NULL
       AND COALESCE(prediction_recipe, '') NOT IN (SELECT id FROM recipes) ORDER BY group_id`,
    ),
    decidedProjects: readDecidedProjects(sqlite),
    embeddingRecipes: texts(
      `SELECT DISTINCT embedding_recipe FROM predictions
       WHERE run = ? AND embedding_recipe IS NOT NULL ORDER BY 1`,
      run,
    ),
  };
}

function missingSequences(sqlite: BetterSqlite3.Database, row: RunRow) {
  const missing: { from: number; to: number }[] = [];
  let expected = 0;
  const sequences = sqlite
    .prepare<[string, string], number>(
      `SELECT prediction.sequence FROM predictions prediction CROSS JOIN images image
       ON image.catalogue = ? AND image.sequence = prediction.sequence
       WHERE prediction.run = ? ORDER BY prediction.sequence`,
    )
    .pluck()
    .iterate(row.catalogue, row.run);
  for (const sequence of sequences) {
    if (sequence > expected) missing.push({ from: expected, to: sequence - 1 });
    expected = sequence + 1;
  }
  if (expected < row.image_count) missing.push({ from: expected, to: row.image_count - 1 });
  return missing;
}

/** The vector that a row was predicted from, as the cache names it. */
export interface StoredEmbedding {
  readonly sequence: number;
  readonly image: string;
  readonly source: ImageSource;
  readonly contentSha256: string;
  readonly embeddingRecipe: string;
  readonly origin: EmbeddingOrigin;
}

/**
 * The embeddings a run predicted from, in the order of the images. Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readEmbeddings(
  path: string,
  run: RunId,
): Generator<StoredEmbedding, void, undefined> {
  return iteratePrivateCopy(path, function* (sqlite) {
    if (readColumns(sqlite, 'predictions').size === 0) return;
    const rows = sqlite
      .prepare<[string], Omit<StoredEmbedding, 'source'> & { readonly source: string }>(
        `SELECT prediction.sequence, image.image, image.source, content_sha256 AS contentSha256,
         embedding_recipe AS embeddingRecipe, outcome AS origin
         FROM predictions prediction
         JOIN runs run ON run.run = prediction.run
         JOIN images image
         ON image.catalogue = run.catalogue AND image.sequence = prediction.sequence
         WHERE prediction.run = ? AND outcome <> 'failed' ORDER BY prediction.sequence`,
      )
      .iterate(run);
    for (const row of rows) yield { ...row, source: JSON.parse(row.source) as ImageSource };
  });
}
