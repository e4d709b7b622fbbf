import { setTimeout as delay } from 'node:timers/promises';
import { Semaphore } from 'async-mutex';
import { PermanentError, TransientError } from '@cullstream/contracts';
import { consumeEach, consumerSpec, type Delivery } from '@cullstream/bus';
import { toImageAlias } from '@cullstream/cache';
import { HungCallError } from '@cullstream/files';
import {
  traceDelivery,
  WORKING_EVERY_MS,
  type Service,
  type ServiceContext,
  type Span,
} from '@cullstream/runtime';
import { openEncoder, type OpenEncoder } from './adapters/open-encoder.js';
import { tracePorts } from './adapters/trace-ports.js';
import { composeEmbedder, type EmbedderParts } from './compose.js';
import { findCached, resolveEmbedding } from './core/resolve-embedding.js';
import { toEmbedded } from './core/to-embedded.js';
import type { EmbedderSettings } from './settings.js';

/** Before a process with a hung read is replaced, its other images get this long to finish. */
const LEAVE_WITHIN_MS = 5_000;
/**
 * Messages that are fetched in any case. Those of cached images carry many, which take hardly any time: fewer would
 * leave the embedder waiting for the broker.
 */
const LEAST_MESSAGES = 6;
/** Images in progress at the same time. */
const MOST_IN_FLIGHT = 256;
/** Images beyond those in the engine that are read and looked up by their content. Others wait, and may be handed back. */
const EXTRA_READ = 16;

/**
 * Consumes IMAGES: finds each image's vector in the cache or computes it, and publishes it. An image
 * that cannot be decoded is published as failed, so that its group can still be decided.
 */
export async function startEmbedder(
  settings: EmbedderSettings,
  context: ServiceContext,
  open: OpenEncoder = openEncoder,
): Promise<Service> {
  const parts = await composeEmbedder(settings, context, open);
  const { bus, publisher, engine, images, checksums, folder, guard, hungReads, metrics, tracing } =
    parts;
  const { sharedCache } = parts;
  const mostRead = engine.capacity + EXTRA_READ;
  const reading = new Semaphore(mostRead, handedBack());
  const spec = consumerSpec('embedder', { run: settings.run });
  bus.watchBacklog(spec);
  const consumption = await consumeEach(
    bus,
    spec,
    {
      maxInFlight: MOST_IN_FLIGHT,
      prefetch: { events: 2 * mostRead, messages: LEAST_MESSAGES },
      workingEveryMs: WORKING_EVERY_MS,
      onSettled: metrics.settled,
      onDead: publisher.passOnDead,
    },
    (delivery) =>
      traceDelivery(tracing, 'embedder embed', delivery, (span) =>
        embedImage(delivery, { ...parts, reading }, span),
      ),
  );
  const finish = async () => {
    await engine.close();
    await images.close();
    await checksums.close();
    await Promise.all([sharedCache.close(), bus.drain()]);
  };
  /** Leaves the reader open, since closing it would wait for the hung read; other images may finish. */
  const leave = () => {
    reading.cancel();
    return Promise.race([consumption.stop().then(() => bus.drain()), delay(LEAVE_WITHIN_MS)]);
  };
  const work = async () => {
    try {
      await Promise.race([
        consumption.done,
        bus.lost,
        engine.unusable,
        guard.refused,
        hungReads.occurred,
      ]);
    } catch (error) {
      await (error instanceof HungCallError ? leave() : finish());
      throw error;
    }
    await finish();
  };
  return {
    done: work(),
    stop: () => {
      reading.cancel();
      images.leave();
      folder.leave();
      return consumption.stop();
    },
  };
}

/**
 * Handles one message of IMAGES: publishes the image's vector, or its failure.
 * @throws errors that are not the image's fault: the message is delivered again
 */
async function embedImage(
  delivery: Delivery,
  parts: EmbedderParts & { readonly reading: Semaphore },
  span: Span | undefined,
): Promise<void> {
  const { id } = delivery;
  const { stage, ports, publisher, metrics, guard, marks, folder, hungReads, recipeId } = parts;
  const { reading } = parts;
  const event = stage.decode(delivery);
  if (event.type === 'image.failed') {
    await publisher.publish(event, id, span?.traceparent);
    metrics.countImages('failed');
    return;
  }
  await guard.refuseOthers(event.run);
  const startedAt = marks.of(event, new Date());
  const mark = startedAt === undefined ? {} : { projectStartedAt: startedAt };
  try {
    const alias = toImageAlias(event.project.name, event.image, event.source);
    const traced = tracePorts(ports, span);
    // Looking whether the data folder is there costs more than looking up what it holds.
    const resolved =
      (await findCached(event, alias, traced)) ??
      (await reading.runExclusive(() =>
        folder.whileThere(() => resolveEmbedding(event, alias, traced)),
      ));
    await metrics.time(
      'publish',
      () =>
        publisher.publish(
          { ...toEmbedded(event, resolved, recipeId), ...mark },
          id,
          span?.traceparent,
        ),
      (bytes) => bytes,
    );
    metrics.countImages(resolved.origin);
  } catch (thrown) {
    const error =
      thrown instanceof HungCallError ? await hungReads.judge(thrown, delivery) : thrown;
    if (!(error instanceof PermanentError)) throw error;
    span?.fail(error);
    const failed = stage.fail(event, error.reason, error.message);
    await publisher.publish({ ...failed, ...mark }, id, span?.traceparent);
    metrics.countImages('failed');
  }
}

function handedBack(): TransientError {
  return new TransientError('the embedder stops', { retryAfterMs: 0 });
}
