import { ConfigurationError } from '@cullstream/contracts';
import {
  readCompletedRuns,
  readImages,
  readRunDecisions,
  type CompletedRun,
  type StoredImage,
} from '@cullstream/store';
import type { Column, Row } from './column.js';
import type { ExportSource } from './find-source.js';
import { recipeColumns, toRecipeCells } from './recipe-columns.js';

export const imageColumns: readonly Column[] = [
  { name: 'project_id', type: 'text' },
  { name: 'sequence', type: 'integer' },
  { name: 'image', type: 'text' },
  { name: 'group_id', type: 'text' },
  { name: 'position', type: 'integer' },
  { name: 'outcome', type: 'text' },
  { name: 'selected', type: 'boolean' },
  { name: 'score', type: 'number' },
  { name: 'crop_x1', type: 'number' },
  { name: 'crop_y1', type: 'number' },
  { name: 'crop_x2', type: 'number' },
  { name: 'crop_y2', type: 'number' },
  { name: 'image_width', type: 'integer' },
  { name: 'image_height', type: 'integer' },
  { name: 'content_sha256', type: 'text' },
  { name: 'reason', type: 'text' },
  { name: 'message', type: 'text' },
  ...recipeColumns,
];

/**
 * One row for each image of the newest completed run, including ungrouped and failed images.
 * @throws {ConfigurationError} when no run has completed the project
 * @throws {DatabaseError} when its database cannot be read
 */
export function* readImageRows({ project, predictions }: ExportSource): Generator<Row> {
  const newest = readCompletedRuns(predictions, project).at(-1);
  if (newest === undefined) {
    throw new ConfigurationError([
      `‹rows›: no run has completed ${project} yet, so nothing is known of its images`,
    ]);
  }
  yield* rowsOfRun(project, predictions, newest);
}

function* rowsOfRun(
  project: string,
  path: string,
  { progress: { run }, recipe }: CompletedRun,
): Generator<Row> {
  const decisions = readRunDecisions(path, run);
  const recipeCells = toRecipeCells(run, recipe);
  for (const stored of readImages(path, run)) {
    const { group } = stored;
    const picked = decisions.get(group?.id ?? '')?.decision?.selectedIndex;
    yield {
      project_id: project,
      sequence: stored.sequence,
      image: stored.image,
      group_id: group?.id ?? null,
      position: group?.position ?? null,
      selected: group !== null && picked === group.position,
      ...toOutcomeCells(stored),
      ...recipeCells,
    };
  }
}

function toOutcomeCells({ outcome }: StoredImage): Row {
  if (outcome.kind === 'failed') {
    const { reason, message } = outcome;
    return { ...nothing, outcome: 'failed', reason, message };
  }
  const [x1, y1, x2, y2] = outcome.crop;
  return {
    ...nothing,
    outcome: outcome.origin,
    score: outcome.score,
    crop_x1: x1,
    crop_y1: y1,
    crop_x2: x2,
    crop_y2: y2,
    image_width: outcome.widthPx,
    image_height: outcome.heightPx,
    content_sha256: outcome.contentSha256,
  };
}

const nothing: Row = {
  score: null,
  crop_x1: null,
  crop_y1: null,
  crop_x2: null,
  crop_y2: null,
  image_width: null,
  image_height: null,
  content_sha256: null,
  reason: null,
  message: null,
};
