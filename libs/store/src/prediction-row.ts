import type { ImageFailed, ImagePredicted } from '@cullstream/contracts';
import { toRowChecksum } from './row-damage/row-checksum.js';
import type { PredictionRow } from './schema.js';

/** The result of an image, which the writer stores: a prediction or a failure. */
export type ImageResult = ImagePredicted | ImageFailed;

export function toPredictionRow(event: ImageResult): PredictionRow {
  const row = toValues(event);
  return { ...row, checksum: toRowChecksum(row) };
}

function toValues(event: ImageResult): Omit<PredictionRow, 'checksum'> {
  const { run, sequence } = event;
  if (event.type === 'image.failed') {
    return {
      run,
      sequence,
      outcome: 'failed',
      content_sha256: null,
      width_px: null,
      height_px: null,
      embedding_recipe: null,
      score: null,
      crop: null,
      stage: event.stage,
      reason: event.reason,
      message: event.message,
    };
  }
  return {
    run,
    sequence,
    outcome: event.origin,
    content_sha256: event.contentSha256,
    width_px: event.widthPx,
    height_px: event.heightPx,
    embedding_recipe: event.embeddingRecipe,
    score: event.score,
    crop: JSON.stringify(event.crop),
    stage: null,
    reason: null,
    message: null,
  };
}

/** Outcomes in the order of the work that they mean. A result of less work never replaces another one. */
const OUTCOME_RANK = { failed: 0, cached: 1, legacy: 2, computed: 3 } as const;

/**
 * Whether `next` replaces `stored`, two results of one image in one run. A success replaces a failure (the
 * image was tried again), and a computed result replaces a cached one. This is a total order, so that the
 * row is the same in whatever order the results arrive.
 */
export function supersedes(next: PredictionRow, stored: PredictionRow): boolean {
  const byOutcome = OUTCOME_RANK[next.outcome] - OUTCOME_RANK[stored.outcome];
  return byOutcome === 0 ? tieKey(next) > tieKey(stored) : byOutcome > 0;
}

function tieKey(row: PredictionRow): string {
  return JSON.stringify([
    row.stage,
    row.reason,
    row.message,
    row.content_sha256,
    row.embedding_recipe,
    row.score,
    row.crop,
  ]);
}
