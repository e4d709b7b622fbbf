import { ConfigurationError } from '@cullstream/contracts';
import { inspectSharedCache } from '@cullstream/cache';
import { createSourceReader, MAX_IMAGE_BYTES } from '@cullstream/imaging';
import { chooseEmbedder } from '@cullstream/inference';
import type { Logger } from '@cullstream/runtime';
import { readImages } from '@cullstream/store';
import { embedSample } from '@cullstream/models';
import type { VerifyOptions } from '../options.js';
import type { OwnDatabase } from '@cullstream/versions';
import { compareSample, type Sampled, type VectorComparison } from './compare-sample.js';
import { isInSample } from './take-evenly.js';
import type { ProjectProof } from './verify-project.js';

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
  const cache = await inspectSharedCache({
    ...{ dataDir: data, cacheDir: settings.cache, recipe },
    ...{ vectors: settings.vectors, log },
  });
  const samples = proved.map(({ proof, database }) => takeImages(proof, database.path, count));
  const reader = createSourceReader({ originalsDir: originals, maxBytes: MAX_IMAGE_BYTES });
  try {
    const { preprocess } = settings;
    // What is compared is the same on any device.
    const device = settings.device === 'auto' ? 'cpu' : settings.device;
    const units = samples.map((sample) => sample.map(({ source }) => source));
    const { groups } = await embedSample(units, reader, { modelPath, preprocess, device });
    const comparisons = new Map<string, VectorComparison>();
    for (const [index, { proof }] of proved.entries()) {
      const anew = (groups[index] ?? []).map((embedded) => embedded?.vector);
      const kept = await Promise.all(
        (samples[index] ?? []).map(({ outcome }) => cache.readVector(outcome.contentSha256)),
      );
      comparisons.set(proof.project, compareSample(samples[index] ?? [], anew, kept));
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
    if (isInSample(index++, embedded + cached, count)) taken.push({ ...image, outcome });
  }
  return taken;
}
