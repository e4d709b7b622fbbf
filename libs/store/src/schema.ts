import type { EmbeddingOrigin, FailureReason } from '@cullstream/contracts';

/** One decided group: the table that the user's other tools read and write. */
export interface AiDecisionRow {
  group_id: string;
  /** ISO 8601, UTC: start of the run that decided. */
  timestamp: string;
  project_id: string;
  directory: string | null;
  batch_number: number | null;
  /** JSON array of file names. */
  images: string;
  /** Position in `images`, from 0. */
  ai_selected_index: number | null;
  /** JSON `[x1, y1, x2, y2]` in [0, 1] of the selected image. */
  ai_crop_coords: string | null;
  ai_confidence: number | null;
  user_selected_index: number | null;
  user_action: string | null;
  final_crop_coords: string | null;
  crop_timestamp: string | null;
  image_width: number;
  image_height: number;
  selection_match: number | null;
  crop_match: number | null;
  ai_crop_accepted: number | null;
  /** Prediction recipe that made the AI columns. */
  prediction_recipe: string | null;
}

export interface RecipeRow {
  id: string;
  /** JSON of the whole prediction recipe. */
  recipe: string;
  first_used_at: string;
}

export interface RunRow {
  run: string;
  source: string;
  catalogue: string;
  /** Null until the first prediction arrives: failures carry no recipe. */
  recipe: string | null;
  image_count: number;
  group_count: number;
  ungrouped_count: number;
  started_at: string;
  completed_at: string | null;
  embedded_count: number;
  cached_count: number;
  failed_count: number;
  decided_group_count: number;
  failed_group_count: number;
  inverted_crop_count: number;
}

/** An image of a catalogue, shared by all runs and models. */
export interface ImageRow {
  catalogue: string;
  sequence: number;
  image: string;
  /** JSON of the image source. */
  source: string;
  group_id: string | null;
  position: number | null;
}

export interface GroupRow {
  catalogue: string;
  group_id: string;
  /** JSON array of file names: the whole group in order. */
  images: string;
  /** How many of `images` the source holds. */
  present: number;
  origin: 'new' | 'existing';
  directory: string;
}

/** The result of an image in a run. Every image of the catalogue gets one of these. */
export interface PredictionRow {
  run: string;
  sequence: number;
  outcome: EmbeddingOrigin | 'failed';
  content_sha256: string | null;
  width_px: number | null;
  height_px: number | null;
  embedding_recipe: string | null;
  score: number | null;
  /** JSON `[x1, y1, x2, y2]` as the model gave it, inverted boxes too. */
  crop: string | null;
  stage: 'embedder' | 'predictor' | 'writer' | null;
  reason: FailureReason | null;
  message: string | null;
  /** See `toRowChecksum`; null in rows of before there were checksums. */
  checksum: number | null;
}

/** The decision of a run about a group, or how many of its images have results so far. */
export interface GroupDecisionRow {
  run: string;
  group_id: string;
  seen: number;
  outcome: 'decided' | 'failed' | null;
  selected_index: number | null;
  confidence: number | null;
  /** JSON `[x1, y1, x2, y2]`, or null where the box is inverted. */
  crop: string | null;
  inverted: number | null;
}
