import { ConfigurationError } from '@cullstream/contracts';
import { inspectEmbeddingCache } from '@cullstream/cache';
import { createSourceReader } from '@cullstream/imaging';
import { chooseEmbedder } from '@cullstream/inference';
import type { Logger } from '@cullstream/runtime';
import { readImages, type StoredImage } from '@cullstream/store';
import { cosine, embedSample } from '@cullstream/models';
import type { VerifyOptions } from '../options.js';
import type { OwnDatabase } from '@cullstream/versions';
import { isTaken } from './take-evenly.js';
import type { ProjectProof } from './verify-project.js';

/** Vectors of the same pixels by the same weights: what differs is the order of additions. */
const LEAST_COSINE = 0.9999;
/** What the older tool's vectors were accepted by. */
const LEAST_LEGACY_COSINE = 0.999;
const MAX_IMAGE_BYTES = 512 * 1024 * 1024;
const EXAMPLES = 5;

/** What embedding images anew said of their vectors in the cache. */
export interface VectorComparison {
  readonly compared: number;
  /** 1 where nothing was compared. */
  readonly leastCosine: number;
  readonly gaps: readonly string[];
}

interface Sampled extends StoredImage {
  readonly outcome: Extract<StoredImage['outcome'], { kind: 'predicted' }>;
}

/**
 * Embeds some images of each project anew, evenly taken, and compares them with the cache.
 * @throws {ConfigurationError} without originals, or where the models chosen are not those of a run
 */
export async function compareVectors(
  proved: readonly { readonly proof: ProjectProof; readonly database: OwnDatabase }[],
  count: number,
  settings: VerifyOptions,
  log: Logger,
): Promise<ReadonlyMap<string, VectorComparison>> {
  const { originals, data } = settings;
  if (originals === undefined) {
    throw new ConfigurationError([
      '‹full›: images are embedded anew; say where they are: ‹originals›',
    ]);
  }
  const { modelPath, recipe } = await chooseEmbedder({
    ...settings,
    dataDir: data,
    cacheDir: settings.cache,
  });
  refuseOthers(
    proved.map(({ proof }) => proof),
    recipe.id,
  );
  const cache = inspectEmbeddingCache({ dataDir: data, recipe, log });
  const samples = proved.map(({ proof, database }) => takeImages(proof, database.path, count));
  const reader = createSourceReader({ originalsDir: originals, maxBytes: MAX_IMAGE_BYTES });
  try {
    const { preprocess, device } = settings;
    const units = samples.map((sample) => sample.map(({ source }) => source));
    const { groups } = await embedSample(units, reader, { modelPath, preprocess, device });
    const comparisons = new Map<string, VectorComparison>();
    for (const [index, { proof }] of proved.entries()) {
      const anew = (groups[index] ?? []).map((embedded) => embedded?.vector);
      const kept = await Promise.all(
        (samples[index] ?? []).map(({ outcome }) => cache.readVector(outcome.contentSha256)),
      );
      comparisons.set(proof.project, compare(samples[index] ?? [], anew, kept));
    }
    return comparisons;
  } finally {
    await reader.close();
  }
}

function refuseOthers(proofs: readonly ProjectProof[], recipeId: string): void {
  const others = proofs.filter(
    ({ embeddingRecipe }) => embeddingRecipe !== null && embeddingRecipe !== recipeId,
  );
  if (others.length === 0) return;
  throw new ConfigurationError(
    others.map(
      ({ project, run }) =>
        `‹embedder›: run ${run ?? ''} of ${project} used another image encoder, pixels, precision or activation; ` +
        'say ‹embedder›, ‹preprocess›, ‹precision› and ‹activation› as that run did, or leave it out with ‹only›',
    ),
  );
}

function takeImages(
  { run, embedded, cached }: ProjectProof,
  path: string,
  count: number,
): Sampled[] {
  if (run === null) return [];
  const taken: Sampled[] = [];
  let index = 0;
  for (const image of readImages(path, run)) {
    const { outcome } = image;
    if (outcome.kind === 'failed') continue;
    if (isTaken(index++, embedded + cached, count)) taken.push({ ...image, outcome });
  }
  return taken;
}

function compare(
  sample: readonly Sampled[],
  anew: readonly (Float32Array | undefined)[],
  kept: readonly (Float32Array | undefined)[],
): VectorComparison {
  const different: string[] = [];
  const unreadable: string[] = [];
  let compared = 0;
  let leastCosine = 1;
  for (const [index, { image, outcome }] of sample.entries()) {
    const [one, other] = [anew[index], kept[index]];
    if (one === undefined) unreadable.push(image);
    // A vector that is missing is a gap already.
    if (one === undefined || other === undefined) continue;
    const similarity = cosine(one, other);
    compared += 1;
    leastCosine = Math.min(leastCosine, similarity);
    const least = outcome.origin === 'legacy' ? LEAST_LEGACY_COSINE : LEAST_COSINE;
    if (similarity < least) different.push(`${image} (cosine ${similarity.toFixed(5)})`);
  }
  return {
    compared,
    leastCosine,
    gaps: [
      ...named('cached vectors are not those of their images', different),
      ...named('images cannot be read any more', unreadable),
    ],
  };
}

function named(what: string, images: readonly string[]): string[] {
  if (images.length === 0) return [];
  const more = images.length - EXAMPLES;
  const rest = more > 0 ? ` and ${more} more` : '';
  return [`${images.length} ${what}: ${images.slice(0, EXAMPLES).join(', ')}${rest}`];
}
