import {
  decodeEvent,
  encodeEvent,
  MalformedEventError,
  messageIdOf,
  PermanentError,
  subjectOf,
  toImageFailed,
  type ImageEmbedded,
  type ImageFailed,
  type ImageFound,
} from '@cullstream/contracts';
import type { Delivery, Publisher } from '@cullstream/bus';
import { toImageAlias } from '@cullstream/cache';
import { HungCallError } from '@cullstream/files';
import type { DataFolder, RecipeGuard, ServiceMetrics, StartMarks } from '@cullstream/runtime';
import type { HungReads } from './adapters/hung-reads.js';
import { resolveEmbedding, type EmbeddingPorts } from './core/resolve-embedding.js';
import { toEmbedded } from './core/to-embedded.js';

export interface EmbedImageParts {
  readonly ports: EmbeddingPorts;
  readonly publisher: Publisher;
  readonly metrics: ServiceMetrics;
  readonly guard: RecipeGuard;
  readonly marks: StartMarks;
  readonly folder: DataFolder;
  readonly hungReads: HungReads;
  readonly recipeId: string;
}

/**
 * Settles one message of IMAGES: publishes the image's vector, or its failure.
 * @throws what is not the image's fault: the message is delivered again
 */
export async function embedImage(delivery: Delivery, parts: EmbedImageParts): Promise<void> {
  const { data, id } = delivery;
  const { ports, publisher, metrics, guard, marks, folder, hungReads, recipeId } = parts;
  const event = decodeImage(data);
  if (event.type === 'image.failed') {
    await publish(event, publisher, id);
    metrics.countImages('failed');
    return;
  }
  await guard.refuseOthers(event.run);
  const startedAt = marks.of(event, new Date());
  const mark = startedAt === undefined ? {} : { projectStartedAt: startedAt };
  try {
    const alias = toImageAlias(event.project.name, event.image, event.source);
    const resolved = await folder.whileThere(() => resolveEmbedding(event, alias, ports));
    await metrics.time(
      'publish',
      () => publish({ ...toEmbedded(event, resolved, recipeId), ...mark }, publisher, id),
      (bytes) => bytes,
    );
    metrics.countImages(resolved.origin);
  } catch (thrown) {
    const error =
      thrown instanceof HungCallError ? await hungReads.judge(thrown, delivery) : thrown;
    if (!(error instanceof PermanentError)) throw error;
    const { reason, message } = error;
    const failed = toImageFailed(event, { stage: 'embedder', reason, message });
    await publish({ ...failed, ...mark }, publisher, id);
    metrics.countImages('failed');
  }
}

/** A message that is given up still ends its image: the group completes without it. */
export async function passOnDead(
  delivery: Delivery,
  error: Error,
  publisher: Publisher,
): Promise<void> {
  if (error instanceof MalformedEventError) return;
  const event = decodeImage(delivery.data);
  if (event.type === 'image.failed') return;
  const failure = {
    stage: 'embedder',
    reason: 'unexpected-error',
    message: error.message,
  } as const;
  await publish(toImageFailed(event, failure), publisher, delivery.id);
}

/** What the extractor has given up passes through. */
function decodeImage(data: Uint8Array): ImageFound | ImageFailed {
  const event = decodeEvent(data);
  if (event.type === 'image.found' || event.type === 'image.failed') return event;
  throw new MalformedEventError(`${event.type} has no place among images`);
}

/** @returns the bytes of the encoded event */
async function publish(
  event: ImageEmbedded | ImageFailed,
  publisher: Publisher,
  causeId?: string,
): Promise<number> {
  const subject = subjectOf('embeddings', event.run, event.project.name);
  const data = encodeEvent(event);
  await publisher.publish(subject, data, { id: messageIdOf(event, causeId) });
  return data.length;
}
