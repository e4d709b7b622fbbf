import { rowValues } from './row-values.js';
import type {
  GroupDecisionRow,
  GroupRow,
  ImageRow,
  PredictionRow,
  RecipeRow,
  RunRow,
} from './schema.js';

export interface MemberRow {
  position: number;
  score: number | null;
  crop: string | null;
  width_px: number | null;
  height_px: number | null;
}

export interface OutcomeCountRow {
  outcome: PredictionRow['outcome'];
  rows: number;
}

export interface DecisionCountRow {
  outcome: GroupDecisionRow['outcome'];
  rows: number;
  inverted: number | null;
}

export interface FailureRow {
  sequence: number;
  image: string;
  source: string;
  stage: 'embedder' | 'predictor' | 'writer';
  reason: NonNullable<PredictionRow['reason']>;
  message: string;
}

export const insertRun = `INSERT INTO runs ${rowValues<RunRow>({
  run: true,
  source: true,
  catalogue: true,
  recipe: true,
  image_count: true,
  group_count: true,
  ungrouped_count: true,
  started_at: true,
  completed_at: true,
  embedded_count: true,
  cached_count: true,
  failed_count: true,
  decided_group_count: true,
  failed_group_count: true,
  inverted_crop_count: true,
})} ON CONFLICT DO NOTHING`;

export const selectRun = 'SELECT * FROM runs WHERE run = @run';

export const updateRun = `
  UPDATE runs SET recipe = @recipe, started_at = @started_at, completed_at = @completed_at,
    embedded_count = @embedded_count, cached_count = @cached_count, failed_count = @failed_count,
    decided_group_count = @decided_group_count, failed_group_count = @failed_group_count,
    inverted_crop_count = @inverted_crop_count
  WHERE run = @run`;

/** Keeps the time of the earliest run that used a recipe. */
export const insertRecipe = `
  INSERT INTO recipes ${rowValues<RecipeRow>({ id: true, recipe: true, first_used_at: true })}
  ON CONFLICT (id) DO UPDATE SET first_used_at = @first_used_at
  WHERE recipes.first_used_at > @first_used_at`;

export const insertImage = `INSERT INTO images ${rowValues<ImageRow>({
  catalogue: true,
  sequence: true,
  image: true,
  source: true,
  group_id: true,
  position: true,
})} ON CONFLICT DO NOTHING`;

export const insertGroup = `INSERT INTO groups ${rowValues<GroupRow>({
  catalogue: true,
  group_id: true,
  images: true,
  present: true,
  origin: true,
  directory: true,
})} ON CONFLICT DO NOTHING`;

const predictionValues = rowValues<PredictionRow>({
  run: true,
  sequence: true,
  outcome: true,
  content_sha256: true,
  width_px: true,
  height_px: true,
  embedding_recipe: true,
  score: true,
  crop: true,
  stage: true,
  reason: true,
  message: true,
  checksum: true,
});

/** Ignores conflicts with the key only: a violated check must not be taken for a repeated result. */
export const insertPrediction = `
  INSERT INTO predictions ${predictionValues} ON CONFLICT (run, sequence) DO NOTHING`;

export const selectPrediction =
  'SELECT * FROM predictions WHERE run = @run AND sequence = @sequence';

export const replacePrediction = `REPLACE INTO predictions ${predictionValues}`;

export const selectGroupDecision =
  'SELECT * FROM group_decisions WHERE run = @run AND group_id = @group_id';

/** Finds a group that this run decided but that has no row in `ai_decisions`. */
export const selectLostDecision = `
  SELECT group_id FROM group_decisions
  WHERE run = @run AND group_id = @group_id AND outcome = 'decided'
    AND group_id NOT IN (SELECT group_id FROM ai_decisions)`;

export const countPredictions =
  'SELECT outcome, COUNT(*) AS rows FROM predictions WHERE run = @run GROUP BY outcome';

export const countGroupDecisions = `
  SELECT outcome, COUNT(*) AS rows, SUM(inverted) AS inverted FROM group_decisions
  WHERE run = @run GROUP BY outcome`;

export const replaceGroupDecision = `REPLACE INTO group_decisions ${rowValues<GroupDecisionRow>({
  run: true,
  group_id: true,
  seen: true,
  outcome: true,
  selected_index: true,
  confidence: true,
  crop: true,
  inverted: true,
})}`;

/** The cross join makes SQLite begin with the few images of the group, not with all of the run. */
export const selectMembers = `
  SELECT image.position, prediction.score, prediction.crop, prediction.width_px, prediction.height_px
  FROM images image CROSS JOIN predictions prediction
  WHERE image.catalogue = @catalogue AND image.group_id = @group_id
    AND prediction.run = @run AND prediction.sequence = image.sequence`;

export const selectFailures = `
  SELECT prediction.sequence, image.image, image.source,
    prediction.stage, prediction.reason, prediction.message
  FROM predictions prediction
  JOIN runs run ON run.run = prediction.run
  JOIN images image ON image.catalogue = run.catalogue AND image.sequence = prediction.sequence
  WHERE prediction.run = @run AND prediction.outcome = 'failed'
  ORDER BY prediction.sequence LIMIT @limit`;
