import {
  EVENT_VERSION,
  type ImageEmbedded,
  type ImageFailed,
  type ImageFound,
  type ReplayRequest,
} from '@cullstream/contracts';
import { toImageAlias, type EmbeddingCacheReader } from '@cullstream/cache';
import type { StoredImage } from '@cullstream/store';
import type { FeedOutcome, FeedTarget } from './feed-target.js';

export interface RebuildSource {
  readonly from: ReplayRequest['from'];
  /** Asked for when a vector is: opening it reads a whole index. */
  readonly openCache: () => Promise<EmbeddingCacheReader>;
}

/**
 * Publishes, from what the database says of each image and the vectors of the cache, the events that
 * the stream does not hold any more.
 */
export async function rebuildEvents(
  images: Iterable<StoredImage>,
  { from, openCache }: RebuildSource,
  target: FeedTarget,
): Promise<Pick<FeedOutcome, 'rebuilt' | 'lost'>> {
  let rebuilt = 0;
  let lost = 0;
  for (const image of images) {
    if (target.signal.aborted) break;
    if (target.fed.has(image.sequence)) continue;
    const event =
      from === 'images' ? toFound(image, target) : await toEmbedded(image, openCache, target);
    if (event === undefined) lost += 1;
    else rebuilt += 1;
    await target.send(event ?? toLost(image, target));
  }
  return { rebuilt, lost };
}

function carried({ sequence, image, source, group }: StoredImage, { run, project }: FeedTarget) {
  return { v: EVENT_VERSION, run, project, sequence, image, source, group } as const;
}

function toFound(image: StoredImage, target: FeedTarget): ImageFound {
  return { ...carried(image, target), type: 'image.found', legacyEmbedding: null };
}

async function toEmbedded(
  image: StoredImage,
  openCache: RebuildSource['openCache'],
  target: FeedTarget,
): Promise<ImageEmbedded | ImageFailed | undefined> {
  const { outcome } = image;
  if (outcome.kind === 'failed' && outcome.stage === 'embedder') {
    const { stage, reason, message } = outcome;
    return { ...carried(image, target), type: 'image.failed', stage, reason, message };
  }
  const cache = await openCache();
  const content = toContent(image, cache, target);
  const vector = content && (await cache.readVector(content.contentSha256));
  if (content === undefined || vector === undefined) return undefined;
  return { ...carried(image, target), ...content, type: 'image.embedded', vector };
}

type Content = Pick<
  ImageEmbedded,
  'contentSha256' | 'widthPx' | 'heightPx' | 'embeddingRecipe' | 'origin'
>;

function toContent(
  image: StoredImage,
  cache: EmbeddingCacheReader,
  target: FeedTarget,
): Content | undefined {
  const { outcome } = image;
  if (outcome.kind === 'predicted') {
    const { contentSha256, widthPx, heightPx, embeddingRecipe } = outcome;
    const origin = outcome.origin === 'legacy' ? 'legacy' : 'cached';
    return { contentSha256, widthPx, heightPx, embeddingRecipe, origin };
  }
  // The predictor failed: what the embedder knew is only in the cache.
  const alias = toImageAlias(target.project.name, image.image, image.source);
  const known = cache.findAlias(alias);
  if (known === undefined) return undefined;
  const { sha256: contentSha256, widthPx, heightPx } = known;
  const embeddingRecipe = target.embeddingRecipe;
  return { contentSha256, widthPx, heightPx, embeddingRecipe, origin: 'cached' };
}

function toLost(image: StoredImage, target: FeedTarget): ImageFailed {
  return {
    ...carried(image, target),
    type: 'image.failed',
    stage: 'embedder',
    reason: 'file-missing',
    message: `its embedding is neither in the stream nor in the cache any more; \`cullstream replay\` from images makes it anew`,
  };
}
