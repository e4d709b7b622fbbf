import { EVENT_VERSION, type ImagePredicted, type PredictionRecipe } from '@cullstream/contracts';
import { imageNameAt } from './image-names.js';

export const RUN_OF_EVENTS = '20260101T000000Z-bnch';
const GROUP = 4;

/**
 * The predictor's event for an image of a project of the given size: made up, and the same each
 * time.
 */
export function predictedEvent(
  sequence: number,
  projectImages: number,
  recipe: PredictionRecipe,
): ImagePredicted {
  const first = sequence - (sequence % GROUP);
  const images = Array.from({ length: GROUP }, (_unused, index) => imageNameAt(first + index));
  return {
    v: EVENT_VERSION,
    type: 'image.predicted',
    run: RUN_OF_EVENTS,
    project: {
      name: 'written',
      source: 'written.zip',
      catalogue: '0123456789abcdef',
      images: projectImages,
      groups: projectImages / GROUP,
      ungrouped: 0,
    },
    sequence,
    image: imageNameAt(sequence),
    source: {
      kind: 'zip-entry',
      archive: 'written.zip',
      entryIndex: sequence,
      localHeaderOffset: sequence * 100,
      method: 0,
      encrypted: false,
      compressedSize: 50,
      size: 50,
      crc32: sequence,
    },
    group: {
      id: `written_group_${first}`,
      position: sequence % GROUP,
      images,
      present: GROUP,
      origin: 'new',
      directory: 'written.zip',
    },
    contentSha256: sequence.toString(16).padStart(64, '0'),
    widthPx: 1_024,
    heightPx: 1_024,
    embeddingRecipe: recipe.embedding.id,
    origin: 'cached',
    score: Math.sin(sequence),
    crop: [0.1, 0.1, 0.9, 0.9],
    recipe,
  };
}
