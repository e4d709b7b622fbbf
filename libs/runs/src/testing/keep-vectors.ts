import { openEmbeddingCache, toImageAlias } from '@cullstream/cache';
import type { ImagePredicted } from '@cullstream/contracts';
import { createLogger } from '@cullstream/runtime';

/** Keeps a vector of each image, as the embedder does. */
export async function keepVectors(
  dataDir: string,
  images: readonly ImagePredicted[],
): Promise<void> {
  for (const { recipe, project, image, source, contentSha256: sha256, run } of images) {
    const log = createLogger('test', 'silent');
    const cache = await openEmbeddingCache({ dataDir, recipe: recipe.embedding, log });
    const vector = Float32Array.from({ length: 512 }, (_unused, index) => index);
    const facts = { sha256, widthPx: 640, heightPx: 480, vector, run, origin: 'computed' } as const;
    await cache.store({ alias: toImageAlias(project.name, image, source), ...facts });
  }
}
