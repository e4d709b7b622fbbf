import { isUntouched, mayGetImages } from './truth/user-columns.js';
import { rowValues } from './row-values.js';
import type { AiDecisionRow } from './schema.js';

const aiDecisionValues = rowValues<AiDecisionRow>({
  group_id: true,
  timestamp: true,
  project_id: true,
  directory: true,
  batch_number: true,
  images: true,
  ai_selected_index: true,
  ai_crop_coords: true,
  ai_confidence: true,
  user_selected_index: true,
  user_action: true,
  final_crop_coords: true,
  crop_timestamp: true,
  image_width: true,
  image_height: true,
  selection_match: true,
  crop_match: true,
  ai_crop_accepted: true,
  prediction_recipe: true,
});

/**
 * Adds a decision. An existing row is changed only if the same recipe made it, in a run that did not begin
 * later, nobody has worked on it, no choice of other images was found for it, and the decision is different.
 */
export const upsertAiDecision = `
  INSERT INTO ai_decisions ${aiDecisionValues}
  ON CONFLICT (group_id) DO UPDATE SET timestamp = @timestamp, directory = @directory,
    images = @images, ai_selected_index = @ai_selected_index, ai_crop_coords = @ai_crop_coords,
    ai_confidence = @ai_confidence, image_width = @image_width, image_height = @image_height
  WHERE ai_decisions.prediction_recipe = @prediction_recipe
    AND ai_decisions.timestamp <= @timestamp
    AND ${isUntouched('ai_decisions')}
    AND ${mayGetImages('ai_decisions', '@images')}
    AND (ai_decisions.images IS NOT @images
      OR ai_decisions.ai_selected_index IS NOT @ai_selected_index
      OR ai_decisions.ai_crop_coords IS NOT @ai_crop_coords
      OR ai_decisions.ai_confidence IS NOT @ai_confidence)`;

/**
 * Removes the decisions that a newer catalogue contradicts: their group is not in it, and an image of theirs is in
 * another group. Rows that somebody has worked on stay, as do those of runs that began later. Where all images of a
 * group are gone, its row stays as well: it says what was decided when they were there.
 */
export const removeSupersededDecisions = `
  DELETE FROM ai_decisions
  WHERE prediction_recipe IS NOT NULL AND timestamp <= @timestamp
    AND ${isUntouched('ai_decisions')}
    AND NOT EXISTS (SELECT 1 FROM groups
      WHERE groups.catalogue = @catalogue AND groups.group_id = ai_decisions.group_id)
    AND EXISTS (SELECT 1 FROM json_each(ai_decisions.images) AS image
      WHERE (ai_decisions.directory, image.value) IN (SELECT groups.directory, member.value
        FROM groups JOIN json_each(groups.images) AS member WHERE groups.catalogue = @catalogue))`;
