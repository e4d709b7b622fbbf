import type BetterSqlite3 from 'better-sqlite3';
import type { PredictionRecipe, RunId } from '@cullstream/contracts';
import { iteratePrivateCopy } from './private-copy.js';
import { toStoredDecision, type StoredDecision } from './stored-decisions.js';
import { readColumns, columnsOfDecisions, readStableOrder } from './table-columns.js';

/** A decision with its run, recipe and scores, which are only known in databases of ours. */
export interface ScoredDecision extends StoredDecision {
  /** The newest run that made this decision. */
  readonly run: RunId | null;
  readonly recipe: PredictionRecipe | null;
  /** The ranker's scores by position in `images`; null where an image is absent or failed. */
  readonly scores: readonly (number | null)[];
}

/**
 * The decisions in a database of any version, with the score of every image. In a database of ours they
 * are in the order of the newest catalogue, otherwise in the order in which the rows were added. Leaves no
 * trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readScoredDecisions(path: string): Generator<ScoredDecision, void, undefined> {
  return iteratePrivateCopy(path, function* (sqlite) {
    if (!columnsOfDecisions(sqlite, path).has('group_id')) return;
    const isOurs = readColumns(sqlite, 'predictions').size > 0;
    const sources = isOurs ? openSources(sqlite) : none;
    const query = isOurs
      ? inCatalogueOrder
      : `SELECT * FROM ai_decisions ORDER BY ${readStableOrder(sqlite)}`;
    const rows = sqlite.prepare<[], Record<string, unknown>>(query).iterate();
    for (const row of rows) {
      const decision = toStoredDecision(row);
      yield { ...decision, ...sources(decision) };
    }
  });
}

/** The order of the newest catalogue. Groups that are no longer in it come last. */
const inCatalogueOrder = `
  WITH newest AS (
    SELECT catalogue FROM runs ORDER BY completed_at IS NULL, run DESC LIMIT 1
  ), listed AS (
    SELECT group_id, min(sequence) AS first FROM images
    WHERE catalogue = (SELECT catalogue FROM newest) AND group_id IS NOT NULL GROUP BY group_id
  )
  SELECT ai_decisions.* FROM ai_decisions
  LEFT JOIN listed ON listed.group_id = ai_decisions.group_id
  ORDER BY listed.first IS NULL, listed.first, ai_decisions.rowid`;

type Source = Pick<ScoredDecision, 'run' | 'recipe' | 'scores'>;

function none({ images }: StoredDecision): Source {
  return { run: null, recipe: null, scores: images.map(() => null) };
}

interface DecidingRun {
  readonly run: string;
  readonly catalogue: string;
}

function openSources(sqlite: BetterSqlite3.Database): (decision: StoredDecision) => Source {
  const decidingRun = sqlite.prepare<[string, string | null], DecidingRun>(
    `SELECT run.run, run.catalogue FROM runs run
     CROSS JOIN group_decisions decision ON decision.run = run.run AND decision.group_id = ?
     WHERE run.recipe = ? AND decision.outcome = 'decided' ORDER BY run.run DESC LIMIT 1`,
  );
  const scores = sqlite.prepare<
    [string, string, string],
    { position: number; score: number | null }
  >(
    `SELECT image.position, prediction.score FROM images image
     CROSS JOIN predictions prediction
     ON prediction.run = ? AND prediction.sequence = image.sequence
     WHERE image.catalogue = ? AND image.group_id = ?`,
  );
  const recipes = new Map(
    sqlite
      .prepare<[], { id: string; recipe: string }>('SELECT id, recipe FROM recipes')
      .all()
      .map(({ id, recipe }) => [id, JSON.parse(recipe) as PredictionRecipe]),
  );
  return (decision) => {
    const { groupId, images, predictionRecipe } = decision;
    const found = decidingRun.get(groupId, predictionRecipe);
    if (found === undefined) return none(decision);
    const byPosition = new Map(
      scores
        .all(found.run, found.catalogue, groupId)
        .map(({ position, score }) => [position, score]),
    );
    return {
      run: found.run,
      recipe: recipes.get(predictionRecipe ?? '') ?? null,
      scores: images.map((_image, position) => byPosition.get(position) ?? null),
    };
  };
}
