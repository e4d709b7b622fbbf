import {
  readDecisions,
  readScoredDecisions,
  type ScoredDecision,
  type StoredDecision,
} from '@cullstream/store';
import type { Column, Row } from './column.js';
import type { ExportSource } from './find-source.js';
import { recipeColumns, toRecipeCells } from './recipe-columns.js';

export const decisionColumns: readonly Column[] = [
  { name: 'project_id', type: 'text' },
  { name: 'group_id', type: 'text' },
  { name: 'timestamp', type: 'text' },
  { name: 'directory', type: 'text' },
  { name: 'images', type: 'list' },
  { name: 'group_size', type: 'integer' },
  { name: 'ai_selected_index', type: 'integer' },
  { name: 'ai_selected_image', type: 'text' },
  { name: 'ai_confidence', type: 'number' },
  { name: 'ai_crop_coords', type: 'list' },
  { name: 'score', type: 'number' },
  { name: 'scores', type: 'list' },
  { name: 'image_width', type: 'integer' },
  { name: 'image_height', type: 'integer' },
  { name: 'user_selected_index', type: 'integer' },
  { name: 'user_action', type: 'text' },
  { name: 'final_crop_coords', type: 'list' },
  ...recipeColumns,
];

/**
 * One row for each decision, in the order of the groups: the group, the selected image, the score
 * of every image, and the models.
 * @throws {DatabaseError} when a database cannot be read
 */
export function* readDecisionRows({
  project,
  predictions,
  decisions,
}: ExportSource): Generator<Row> {
  // A staging database does not have what the user did, so it is read from the user's database.
  const userRows =
    decisions === null
      ? undefined
      : new Map(Array.from(readDecisions(decisions), (row) => [row.groupId, row]));
  const scored = readScoredDecisions(predictions);
  for (const decision of userRows === undefined ? scored : sortLike(userRows, scored)) {
    const { selectedIndex, images, scores } = decision;
    const user: StoredDecision | undefined =
      userRows === undefined ? decision : userRows.get(decision.groupId);
    yield {
      project_id: decision.projectId ?? project,
      group_id: decision.groupId,
      timestamp: decision.timestamp,
      directory: decision.directory,
      images,
      group_size: images.length,
      ai_selected_index: selectedIndex,
      ai_selected_image: selectedIndex === null ? null : (images[selectedIndex] ?? null),
      ai_confidence: decision.confidence,
      ai_crop_coords: decision.crop,
      score: selectedIndex === null ? null : (scores[selectedIndex] ?? null),
      scores,
      image_width: decision.widthPx,
      image_height: decision.heightPx,
      user_selected_index: user?.userSelectedIndex ?? null,
      user_action: user?.userAction ?? null,
      final_crop_coords: user?.finalCrop ?? null,
      ...toRecipeCells(decision.run, decision.recipe),
    };
  }
}

/**
 * Sorts groups in the order of the user's database. Groups that it does not have follow in their
 * order.
 */
function sortLike(
  userRows: ReadonlyMap<string, StoredDecision>,
  decisions: Iterable<ScoredDecision>,
): ScoredDecision[] {
  const places = new Map([...userRows.keys()].map((groupId, place) => [groupId, place]));
  const toPlace = ({ groupId }: ScoredDecision) => places.get(groupId) ?? places.size;
  return [...decisions].sort((a, b) => toPlace(a) - toPlace(b));
}
