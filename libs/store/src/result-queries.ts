import { sql } from 'kysely';
import { bound, boundRow, queries } from './query-compiler.js';
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

export const insertRun = queries
  .insertInto('runs')
  .values(
    boundRow<RunRow>({
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
    }),
  )
  .onConflict((conflict) => conflict.doNothing());

export const selectRun = queries.selectFrom('runs').selectAll().where('run', '=', bound('run'));

export const updateRun = queries
  .updateTable('runs')
  .set({
    recipe: bound('recipe'),
    started_at: bound('started_at'),
    completed_at: bound('completed_at'),
    embedded_count: bound('embedded_count'),
    cached_count: bound('cached_count'),
    failed_count: bound('failed_count'),
    decided_group_count: bound('decided_group_count'),
    failed_group_count: bound('failed_group_count'),
    inverted_crop_count: bound('inverted_crop_count'),
  })
  .where('run', '=', bound('run'));

/** The earliest run that used a recipe stays its first. */
export const insertRecipe = queries
  .insertInto('recipes')
  .values(boundRow<RecipeRow>({ id: true, recipe: true, first_used_at: true }))
  .onConflict((conflict) =>
    conflict
      .column('id')
      .doUpdateSet({ first_used_at: bound('first_used_at') })
      .where('recipes.first_used_at', '>', bound('first_used_at')),
  );

export const insertImage = queries
  .insertInto('images')
  .values(
    boundRow<ImageRow>({
      catalogue: true,
      sequence: true,
      image: true,
      source: true,
      group_id: true,
      position: true,
    }),
  )
  .onConflict((conflict) => conflict.doNothing());

export const insertGroup = queries
  .insertInto('groups')
  .values(
    boundRow<GroupRow>({
      catalogue: true,
      group_id: true,
      images: true,
      present: true,
      origin: true,
      directory: true,
    }),
  )
  .onConflict((conflict) => conflict.doNothing());

const predictionValues = boundRow<PredictionRow>({
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
});

/** Conflicts with the key only: a broken check must not pass for a repeat. */
export const insertPrediction = queries
  .insertInto('predictions')
  .values(predictionValues)
  .onConflict((conflict) => conflict.columns(['run', 'sequence']).doNothing());

export const selectPrediction = queries
  .selectFrom('predictions')
  .selectAll()
  .where('run', '=', bound('run'))
  .where('sequence', '=', bound<number>('sequence'));

export const replacePrediction = queries.replaceInto('predictions').values(predictionValues);

export const selectGroupDecision = queries
  .selectFrom('group_decisions')
  .selectAll()
  .where('run', '=', bound('run'))
  .where('group_id', '=', bound('group_id'));

/** Whether a group that this run decided has lost its row. */
export const selectLostDecision = queries
  .selectFrom('group_decisions')
  .select('group_id')
  .where('run', '=', bound('run'))
  .where('group_id', '=', bound('group_id'))
  .where('outcome', '=', sql.lit<'decided'>('decided'))
  .where('group_id', 'not in', queries.selectFrom('ai_decisions').select('group_id'));

export const countPredictions = queries
  .selectFrom('predictions')
  .select(({ fn }) => ['outcome', fn.countAll<number>().as('rows')])
  .where('run', '=', bound('run'))
  .groupBy('outcome');

export const countGroupDecisions = queries
  .selectFrom('group_decisions')
  .select(({ fn }) => [
    'outcome',
    fn.countAll<number>().as('rows'),
    fn.sum<number | null>('inverted').as('inverted'),
  ])
  .where('run', '=', bound('run'))
  .groupBy('outcome');

export const replaceGroupDecision = queries.replaceInto('group_decisions').values(
  boundRow<GroupDecisionRow>({
    run: true,
    group_id: true,
    seen: true,
    outcome: true,
    selected_index: true,
    confidence: true,
    crop: true,
    inverted: true,
  }),
);

/** A cross join fixes the order of the loops: from the group's few images, never from the run's. */
export const selectMembers = queries
  .selectFrom('images as image')
  .crossJoin('predictions as prediction')
  .select([
    'image.position',
    'prediction.score',
    'prediction.crop',
    'prediction.width_px',
    'prediction.height_px',
  ])
  .where('image.catalogue', '=', bound('catalogue'))
  .where('image.group_id', '=', bound('group_id'))
  .where('prediction.run', '=', bound('run'))
  .whereRef('prediction.sequence', '=', 'image.sequence');

export const selectFailures = queries
  .selectFrom('predictions as prediction')
  .innerJoin('runs as run', 'run.run', 'prediction.run')
  .innerJoin('images as image', (join) =>
    join
      .onRef('image.catalogue', '=', 'run.catalogue')
      .onRef('image.sequence', '=', 'prediction.sequence'),
  )
  .select([
    'prediction.sequence',
    'image.image',
    'image.source',
    'prediction.stage',
    'prediction.reason',
    'prediction.message',
  ])
  .where('prediction.run', '=', bound('run'))
  .where('prediction.outcome', '=', sql.lit('failed'))
  .orderBy('prediction.sequence')
  .limit(bound<number>('limit'));
