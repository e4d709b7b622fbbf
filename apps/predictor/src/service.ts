import {
  decodeEvent,
  encodeEvent,
  MalformedEventError,
  messageIdOf,
  subjectOf,
  toImageFailed,
  type ImageEmbedded,
  type ImageFailed,
  type ImagePredicted,
  type PredictionRecipe,
} from '@cullstream/contracts';
import { consumeBatches, consumerSpec, type Delivery, type Publisher } from '@cullstream/bus';
import { chooseModels, createPredictor, type Predictor } from '@cullstream/inference';
import { connectService, WORKING_EVERY_MS, type Logger, type Service } from '@cullstream/runtime';
import { toPredicted } from './core/to-predicted.js';
import type { PredictorSettings } from './settings.js';

const BATCH = 256;
const LINGER_MS = 50;

/**
 * Consumes EMBEDDINGS: scores every image and proposes its crop, in batches, one run of each model
 * a batch. Failed images pass through, so that their groups complete.
 */
export async function startPredictor(settings: PredictorSettings, log: Logger): Promise<Service> {
  const models = await chooseModels({
    ...settings,
    dataDir: settings.data,
    cacheDir: settings.cache,
  });
  const { predictionRecipe: recipe, paths } = models;
  const predictor = await createPredictor({
    ranker: { path: paths.rankerOnnx, features: recipe.ranker.features },
    crop: { path: paths.cropOnnx, features: recipe.crop.features },
  });
  const bus = await connectService(settings, 'predictor', log);
  const publisher = bus.publisher();
  const consumption = await consumeBatches(
    bus,
    consumerSpec('predictor', { run: settings.run, maxAckPending: 2 * BATCH }),
    {
      maxBatch: BATCH,
      workingEveryMs: WORKING_EVERY_MS,
      lingerMs: LINGER_MS,
      onDead: (delivery, error) => passOnDead(delivery, error, publisher),
    },
    (deliveries) => predictBatch(deliveries, { predictor, recipe, publisher }),
  );
  return {
    done: Promise.race([consumption.done, bus.lost]).finally(() => bus.drain()),
    stop: () => consumption.stop(),
  };
}

interface Parts {
  readonly predictor: Predictor;
  readonly recipe: PredictionRecipe;
  readonly publisher: Publisher;
}

async function predictBatch(
  deliveries: readonly Delivery[],
  parts: Parts,
): Promise<(Error | undefined)[]> {
  const decoded = deliveries.map(({ data }) => tryDecode(data, parts.recipe));
  const embedded = decoded.filter((event): event is ImageEmbedded => isEmbedded(event));
  const predictions = await parts.predictor.predict(embedded);
  const predicted = new Map(
    embedded.map((event, index) => {
      const prediction = predictions[index];
      if (prediction === undefined) throw new Error('fewer predictions than images');
      return [event, toPredicted(event, prediction, parts.recipe)] as const;
    }),
  );
  return Promise.all(
    decoded.map(async (event) => {
      if (event instanceof Error) return event;
      const result = event.type === 'image.failed' ? event : predicted.get(event);
      if (result !== undefined) await publish(result, parts.publisher);
      return undefined;
    }),
  );
}

function isEmbedded(event: ImageEmbedded | ImageFailed | Error): event is ImageEmbedded {
  return !(event instanceof Error) && event.type === 'image.embedded';
}

function tryDecode(
  data: Uint8Array,
  recipe: PredictionRecipe,
): ImageEmbedded | ImageFailed | MalformedEventError {
  try {
    const event = decodeEvent(data);
    if (event.type === 'image.failed') return event;
    if (event.type !== 'image.embedded') {
      return new MalformedEventError(`${event.type} has no place among embeddings`);
    }
    if (event.embeddingRecipe === recipe.embedding.id) return event;
    return new MalformedEventError(
      `${event.image} was embedded by recipe ${event.embeddingRecipe}, ` +
        `this predictor is set up for ${recipe.embedding.id}: start it with the run's models`,
    );
  } catch (error) {
    return error as MalformedEventError;
  }
}

async function publish(event: ImagePredicted | ImageFailed, publisher: Publisher): Promise<void> {
  const subject = subjectOf('predictions', event.run, event.project.name);
  await publisher.publish(subject, encodeEvent(event), { id: messageIdOf(event) });
}

/** A message that is given up still ends its image: the group completes without it. */
async function passOnDead(delivery: Delivery, error: Error, publisher: Publisher): Promise<void> {
  if (error instanceof MalformedEventError) return;
  const event = decodeEvent(delivery.data);
  if (event.type !== 'image.embedded') return;
  const failure = {
    stage: 'predictor',
    reason: 'unexpected-error',
    message: error.message,
  } as const;
  await publish(toImageFailed(event, failure), publisher);
}
