import { MalformedEventError, type ImageEmbedded, type ImageFailed } from '@cullstream/contracts';
import { batchSizes, consumeBatches, consumerSpec, type Delivery } from '@cullstream/bus';
import {
  closeAfter,
  traceDeliveries,
  WORKING_EVERY_MS,
  type Service,
  type ServiceContext,
  type Span,
  type StartMarks,
} from '@cullstream/runtime';
import { openModels, type OpenModels } from './adapters/open-models.js';
import { composePredictor, type PredictorParts } from './compose.js';
import { toResult } from './core/to-result.js';
import type { PredictorSettings } from './settings.js';

const LINGER_MS = 50;

/**
 * Consumes EMBEDDINGS: scores every image and proposes its crop. Each model runs once for each batch.
 * Failed images are passed on, so that their groups can still be decided.
 */
export async function startPredictor(
  settings: PredictorSettings,
  context: ServiceContext,
  open: OpenModels = openModels,
): Promise<Service> {
  const parts = await composePredictor(settings, context, open);
  const { bus, publisher, guard, metrics, tracing } = parts;
  const spec = consumerSpec('predictor', { run: settings.run });
  bus.watchBacklog(spec);
  const consumption = await consumeBatches(
    bus,
    spec,
    {
      maxBatch: batchSizes.predictor,
      workingEveryMs: WORKING_EVERY_MS,
      lingerMs: LINGER_MS,
      onSettled: metrics.settled,
      onDead: publisher.passOnDead,
    },
    (deliveries) =>
      traceDeliveries(tracing, 'predictor predict', deliveries, (spans) =>
        predictBatch(deliveries, parts, spans),
      ),
  );
  return {
    done: closeAfter([consumption.done, bus.lost, guard.refused], () => bus.drain()),
    stop: () => consumption.stop(),
  };
}

async function predictBatch(
  deliveries: readonly Delivery[],
  parts: PredictorParts,
  spans: ReadonlyMap<number, Span>,
): Promise<(Error | undefined)[]> {
  const { metrics, publisher, predictor, clock, recipe } = parts;
  metrics.observeBatch(deliveries.length);
  const decoded = await Promise.all(deliveries.map((delivery) => tryDecode(delivery, parts)));
  const embedded = decoded.filter((event): event is ImageEmbedded => isEmbedded(event));
  const predictions = await metrics.time(
    'infer',
    () => clock.time(() => predictor.predict(embedded)),
    () => embedded.reduce((sum, { vector }) => sum + vector.byteLength, 0),
  );
  const predicted = new Map(
    embedded.map((event, index) => {
      const prediction = predictions[index];
      if (prediction === undefined) throw new Error('fewer predictions than images');
      return [event, toResult(event, prediction, recipe)] as const;
    }),
  );
  let published = 0;
  return metrics.time(
    'publish',
    () =>
      Promise.all(
        decoded.map(async (event, index) => {
          if (event instanceof Error) return event;
          const result = event.type === 'image.failed' ? event : predicted.get(event);
          if (result === undefined) return undefined;
          metrics.countImages(result.type === 'image.failed' ? 'failed' : 'predicted');
          const traceparent = spans.get(index)?.traceparent;
          const bytes = await publisher.publish(result, deliveries[index]?.id, traceparent);
          published += bytes;
          return undefined;
        }),
      ),
    () => published,
  );
}

function isEmbedded(event: ImageEmbedded | ImageFailed | Error): event is ImageEmbedded {
  return !(event instanceof Error) && event.type === 'image.embedded';
}

async function tryDecode(
  delivery: Delivery,
  { stage, recipe, guard, marks }: PredictorParts,
): Promise<ImageEmbedded | ImageFailed | Error> {
  try {
    const event = stage.decode(delivery);
    if (event.type === 'image.failed') return withMark(event, marks);
    await guard.refuseOthers(event.run);
    if (event.embeddingRecipe === recipe.embedding.id) return withMark(event, marks);
    return new MalformedEventError(
      `${event.image} was embedded by recipe ${event.embeddingRecipe}, ` +
        `this predictor is set up for ${recipe.embedding.id}: start it with the run's models`,
    );
  } catch (error) {
    return error as Error;
  }
}

/** In a replay from embeddings no embedder records when a project began, so the predictor does. */
function withMark<T extends ImageEmbedded | ImageFailed>(event: T, marks: StartMarks): T {
  const startedAt = marks.of(event, new Date());
  if (startedAt === undefined || event.projectStartedAt !== undefined) return event;
  return { ...event, projectStartedAt: startedAt };
}
