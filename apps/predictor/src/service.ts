import {
  decodeEvent,
  describeDifference,
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
import {
  bundleLimits,
  consumeBatches,
  consumerSpec,
  tellRecipe,
  type Delivery,
  type Publisher,
} from '@cullstream/bus';
import {
  chooseModels,
  createPredictor,
  watchInference,
  type InferenceClock,
  type Predictor,
} from '@cullstream/inference';
import {
  connectService,
  createRecipeGuard,
  createStartMarks,
  openRunRecords,
  WORKING_EVERY_MS,
  type RecipeGuard,
  type Service,
  type ServiceContext,
  type ServiceMetrics,
  type StartMarks,
} from '@cullstream/runtime';
import { toResult } from './core/to-result.js';
import type { PredictorSettings } from './settings.js';

const BATCH = 256;
const LINGER_MS = 50;

/**
 * Consumes EMBEDDINGS: scores every image and proposes its crop, in batches, one run of each model
 * a batch. Failed images pass through, so that their groups complete.
 */
export async function startPredictor(
  settings: PredictorSettings,
  context: ServiceContext,
): Promise<Service> {
  const { metrics } = context;
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
  const bus = await connectService(settings, context);
  const publisher = bus.publisher({ bundle: bundleLimits.predictions });
  const guard = createRecipeGuard(await openRunRecords(bus), {
    what: 'predictor',
    recipeId: recipe.id,
    recipeOf: (record) => record.recipe.id,
    describe: (record) => describeDifference(record.recipe, recipe),
  });
  if (settings.run === undefined) {
    // First: who asks before a run begins is told, and a run that had begun is seen.
    await tellRecipe(bus, { service: 'predictor', recipe });
    await guard.refuseUnderWay();
  }
  const spec = consumerSpec('predictor', { run: settings.run, maxAckPending: 2 * BATCH });
  bus.watchBacklog(spec);
  const marks = createStartMarks();
  const clock = watchInference(context.name);
  const parts = { predictor, clock, recipe, publisher, metrics, guard, marks };
  const consumption = await consumeBatches(
    bus,
    spec,
    {
      maxBatch: BATCH,
      workingEveryMs: WORKING_EVERY_MS,
      lingerMs: LINGER_MS,
      onSettled: metrics.settled,
      onDead: (delivery, error) => passOnDead(delivery, error, publisher),
    },
    (deliveries) => predictBatch(deliveries, parts),
  );
  return {
    done: Promise.race([consumption.done, bus.lost, guard.refused]).finally(() => bus.drain()),
    stop: () => consumption.stop(),
  };
}

interface Parts {
  readonly predictor: Predictor;
  readonly clock: InferenceClock;
  readonly recipe: PredictionRecipe;
  readonly publisher: Publisher;
  readonly metrics: ServiceMetrics;
  readonly guard: RecipeGuard;
  readonly marks: StartMarks;
}

async function predictBatch(
  deliveries: readonly Delivery[],
  parts: Parts,
): Promise<(Error | undefined)[]> {
  const { metrics, publisher, predictor, clock, recipe } = parts;
  metrics.observeBatch(deliveries.length);
  const decoded = await Promise.all(deliveries.map(({ data }) => tryDecode(data, parts)));
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
          const bytes = await publish(result, publisher, deliveries[index]?.id);
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
  data: Uint8Array,
  { recipe, guard, marks }: Parts,
): Promise<ImageEmbedded | ImageFailed | Error> {
  try {
    const event = decodeEvent(data);
    if (event.type === 'image.failed') return withMark(event, marks);
    if (event.type !== 'image.embedded') {
      return new MalformedEventError(`${event.type} has no place among embeddings`);
    }
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

/** A replay of embeddings has no embedder to say when a project began. */
function withMark<T extends ImageEmbedded | ImageFailed>(event: T, marks: StartMarks): T {
  const startedAt = marks.of(event, new Date());
  if (startedAt === undefined || event.projectStartedAt !== undefined) return event;
  return { ...event, projectStartedAt: startedAt };
}

/** @returns the bytes of the encoded event */
async function publish(
  event: ImagePredicted | ImageFailed,
  publisher: Publisher,
  causeId?: string,
): Promise<number> {
  const subject = subjectOf('predictions', event.run, event.project.name);
  const data = encodeEvent(event);
  await publisher.publish(subject, data, { id: messageIdOf(event, causeId) });
  return data.length;
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
  await publish(toImageFailed(event, failure), publisher, delivery.id);
}
