import { createHash } from 'node:crypto';
import type {
  GroupMembership,
  ImageFailed,
  ImagePredicted,
  PredictionRecipe,
  ProjectTotals,
} from '@cullstream/contracts';

const SHA256 = 'ab'.repeat(32);
const SIZE_BYTES = 1000;

/** A prediction recipe of its own for every name. */
export function recipeNamed(name: string): PredictionRecipe {
  const features = { embedding: 'raw', dimensionScale: 2048 } as const;
  const model = (file: string) => ({ file, sha256: SHA256, features });
  return {
    id: digest(name),
    embedding: {
      id: digest('embedding'),
      model: { file: 'clip.onnx', sha256: SHA256 },
      preprocessing: 'exact-1',
      precision: 'fp32',
    },
    ranker: model(`ranker-${name}.pt`),
    crop: model(`crop-${name}.pt`),
  };
}

export interface CatalogueOptions {
  readonly project?: string;
  readonly run?: string;
  readonly catalogue?: string;
  readonly recipe?: PredictionRecipe;
  /** Sizes of the groups, one after another; images after the last group are in none. */
  readonly groupSizes: readonly number[];
  readonly ungrouped?: number;
}

/** A prediction for every image of a made-up catalogue, in order. Scores repeat every 7 images. */
export function predictedImages(options: CatalogueOptions): ImagePredicted[] {
  const { project = 'dalia', groupSizes, ungrouped = 0, catalogue = 'first' } = options;
  const grouped = groupSizes.reduce((sum, size) => sum + size, 0);
  const totals: ProjectTotals = {
    name: project,
    source: `${project}.zip`,
    catalogue: digest(catalogue),
    images: grouped + ungrouped,
    groups: groupSizes.length,
    ungrouped,
  };
  const events: ImagePredicted[] = [];
  for (const [number, size] of groupSizes.entries()) {
    const from = events.length;
    const names = Array.from({ length: size }, (_, position) => imageName(from + position));
    for (const position of names.keys()) {
      const group: GroupMembership = {
        id: `${project}_group_${number}`,
        position,
        images: names,
        present: size,
        origin: 'new',
        directory: `${project}.zip`,
      };
      events.push(predictedImage(options, totals, events.length, group));
    }
  }
  while (events.length < totals.images) {
    events.push(predictedImage(options, totals, events.length, null));
  }
  return events;
}

/** The same image, given up. */
export function failedImage(
  event: ImagePredicted,
  reason: ImageFailed['reason'] = 'image-truncated',
): ImageFailed {
  const { v, run, project, sequence, image, source, group } = event;
  const message = `${image} ends early`;
  const base = { v, run, project, sequence, image, source, group } as const;
  return { ...base, type: 'image.failed', stage: 'embedder', reason, message };
}

function predictedImage(
  options: CatalogueOptions,
  project: ProjectTotals,
  sequence: number,
  group: GroupMembership | null,
): ImagePredicted {
  const recipe = options.recipe ?? recipeNamed('first');
  const image = imageName(sequence);
  return {
    v: 1,
    type: 'image.predicted',
    run: options.run ?? '20260131T094500Z-k3x9',
    project,
    sequence,
    image,
    source: {
      kind: 'zip-entry',
      archive: project.source,
      entryIndex: sequence,
      localHeaderOffset: sequence * SIZE_BYTES,
      method: 0,
      encrypted: false,
      compressedSize: SIZE_BYTES,
      size: SIZE_BYTES,
      crc32: sequence,
    },
    group,
    contentSha256: createHash('sha256').update(image).digest('hex'),
    widthPx: 640,
    heightPx: 480,
    embeddingRecipe: recipe.embedding.id,
    origin: 'computed',
    score: ((sequence * 3) % 7) / 7,
    crop: [0.1, 0.2, 0.8, 0.9],
    recipe,
  };
}

function imageName(sequence: number): string {
  return `image_${String(sequence).padStart(6, '0')}.png`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
