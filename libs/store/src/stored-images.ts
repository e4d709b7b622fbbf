import type {
  EmbeddingOrigin,
  FailureReason,
  GroupMembership,
  ImageSource,
  RunId,
} from '@cullstream/contracts';
import { iteratePrivateCopy } from './private-copy.js';
import { readColumns } from './table-columns.js';

/** The result of an image in a run. */
export type StoredOutcome =
  | {
      readonly kind: 'predicted';
      readonly origin: EmbeddingOrigin;
      readonly contentSha256: string;
      readonly widthPx: number;
      readonly heightPx: number;
      /** Short digest of the embedding recipe. */
      readonly embeddingRecipe: string;
      readonly score: number;
      /** `[x1, y1, x2, y2]` as the model gave it, inverted boxes too. */
      readonly crop: readonly [number, number, number, number];
    }
  | {
      readonly kind: 'failed';
      readonly stage: 'embedder' | 'predictor' | 'writer';
      readonly reason: FailureReason;
      readonly message: string;
    };

/** An image of a run's catalogue with its result: the content of its events without the vector. */
export interface StoredImage {
  readonly sequence: number;
  readonly image: string;
  readonly source: ImageSource;
  readonly group: GroupMembership | null;
  readonly outcome: StoredOutcome;
}

interface ImageCells {
  readonly sequence: number;
  readonly image: string;
  readonly source: string;
  readonly group_id: string | null;
  readonly position: number | null;
  readonly images: string | null;
  readonly present: number | null;
  readonly origin: 'new' | 'existing' | null;
  readonly directory: string | null;
  readonly outcome: EmbeddingOrigin | 'failed';
  readonly content_sha256: string | null;
  readonly width_px: number | null;
  readonly height_px: number | null;
  readonly embedding_recipe: string | null;
  readonly score: number | null;
  readonly crop: string | null;
  readonly stage: 'embedder' | 'predictor' | 'writer' | null;
  readonly reason: FailureReason | null;
  readonly message: string | null;
}

/** The cross joins make SQLite read the run's predictions in their order and look up the rest by key. */
const query = `
  SELECT image.sequence, image.image, image.source, image.group_id, image.position,
    grouped.images, grouped.present, grouped.origin, grouped.directory,
    prediction.outcome, prediction.content_sha256, prediction.width_px, prediction.height_px,
    prediction.embedding_recipe, prediction.score, prediction.crop,
    prediction.stage, prediction.reason, prediction.message
  FROM runs run
  CROSS JOIN predictions prediction ON prediction.run = run.run
  CROSS JOIN images image
    ON image.catalogue = run.catalogue AND image.sequence = prediction.sequence
  LEFT JOIN groups grouped
    ON grouped.catalogue = run.catalogue AND grouped.group_id = image.group_id
  WHERE run.run = ? ORDER BY prediction.sequence`;

/**
 * Every image that has a result in a run, in the order of the catalogue, from a database of ours; none from
 * others. Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readImages(path: string, run: RunId): Generator<StoredImage, void, undefined> {
  return iteratePrivateCopy(path, function* (sqlite) {
    if (readColumns(sqlite, 'predictions').size === 0) return;
    for (const cells of sqlite.prepare<[string], ImageCells>(query).iterate(run)) {
      yield {
        sequence: cells.sequence,
        image: cells.image,
        source: JSON.parse(cells.source) as ImageSource,
        group: toGroup(cells),
        outcome: toOutcome(cells),
      };
    }
  });
}

function toGroup(cells: ImageCells): GroupMembership | null {
  if (cells.group_id === null || cells.images === null) return null;
  return {
    id: cells.group_id,
    position: cells.position ?? 0,
    images: JSON.parse(cells.images) as string[],
    present: cells.present ?? 1,
    origin: cells.origin ?? 'new',
    directory: cells.directory ?? '',
  };
}

function toOutcome(cells: ImageCells): StoredOutcome {
  if (cells.outcome === 'failed') {
    return {
      kind: 'failed',
      stage: cells.stage ?? 'embedder',
      reason: cells.reason ?? 'unexpected-error',
      message: cells.message ?? '',
    };
  }
  return {
    kind: 'predicted',
    origin: cells.outcome,
    contentSha256: cells.content_sha256 ?? '',
    widthPx: cells.width_px ?? 0,
    heightPx: cells.height_px ?? 0,
    embeddingRecipe: cells.embedding_recipe ?? '',
    score: cells.score ?? NaN,
    crop: JSON.parse(cells.crop ?? '[0,0,0,0]') as [number, number, number, number],
  };
}
