import { bound, boundRow, queries } from './query-compiler.js';
import type { AiDecisionRow } from './schema.js';

const aiDecisionValues = boundRow<AiDecisionRow>({
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
 * Adds a decision. A row that is there changes only when the same recipe made it, in a run that did
 * not begin later, nobody has worked on it, and the decision is another one.
 */
export const upsertAiDecision = queries
  .insertInto('ai_decisions')
  .values(aiDecisionValues)
  .onConflict((conflict) =>
    conflict
      .column('group_id')
      .doUpdateSet({
        timestamp: bound('timestamp'),
        directory: bound('directory'),
        images: bound('images'),
        ai_selected_index: bound('ai_selected_index'),
        ai_crop_coords: bound('ai_crop_coords'),
        ai_confidence: bound('ai_confidence'),
        image_width: bound('image_width'),
        image_height: bound('image_height'),
      })
      .where('ai_decisions.prediction_recipe', '=', bound('prediction_recipe'))
      .where('ai_decisions.timestamp', '<=', bound('timestamp'))
      .where('ai_decisions.user_selected_index', 'is', null)
      .where('ai_decisions.user_action', 'is', null)
      .where('ai_decisions.final_crop_coords', 'is', null)
      .where('ai_decisions.crop_timestamp', 'is', null)
      .where('ai_decisions.selection_match', 'is', null)
      .where('ai_decisions.crop_match', 'is', null)
      .where('ai_decisions.ai_crop_accepted', 'is', null)
      .where((row) =>
        row.or([
          row('ai_decisions.images', 'is not', bound('images')),
          row('ai_decisions.ai_selected_index', 'is not', bound<number>('ai_selected_index')),
          row('ai_decisions.ai_crop_coords', 'is not', bound('ai_crop_coords')),
          row('ai_decisions.ai_confidence', 'is not', bound<number>('ai_confidence')),
        ]),
      ),
  );
