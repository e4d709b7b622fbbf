import type { ImageEmbedded, PredictionRecipe } from '@cullstream/contracts';
import { bundleLimits } from '@cullstream/bus';
import type { InferenceClock, Predictor } from '@cullstream/inference';
import {
  connectService,
  createImagePublisher,
  createImageStage,
  createStartMarks,
  guardService,
  openRunRecords,
  type ImagePublisher,
  type ImageStage,
  type RecipeGuard,
  type ServiceBus,
  type ServiceContext,
  type ServiceMetrics,
  type StartMarks,
  type Tracing,
} from '@cullstream/runtime';
import type { OpenModels } from './adapters/open-models.js';
import type { PredictorSettings } from './settings.js';

/** The parts of the predictor. */
export interface PredictorParts {
  readonly bus: ServiceBus;
  readonly stage: ImageStage<ImageEmbedded>;
  readonly publisher: ImagePublisher;
  readonly predictor: Predictor;
  readonly clock: Pick<InferenceClock, 'time'>;
  readonly recipe: PredictionRecipe;
  readonly guard: RecipeGuard;
  readonly marks: StartMarks;
  readonly metrics: ServiceMetrics;
  readonly tracing: Tracing;
}

/** Loads the models, connects, and checks that no current run was planned with other models. */
export async function composePredictor(
  settings: PredictorSettings,
  context: ServiceContext,
  open: OpenModels,
): Promise<PredictorParts> {
  const { recipe, predictor, clock } = await open(settings, context);
  const bus = await connectService(settings, context);
  const stage = createImageStage({
    name: 'predictor',
    consumes: 'embeddings',
    type: 'image.embedded',
  });
  const publisher = createImagePublisher(
    stage,
    'predictions',
    bus.publisher({ bundle: bundleLimits.predictions }),
  );
  const guard = await guardService(bus, await openRunRecords(bus), {
    service: 'predictor',
    recipe,
    run: settings.run,
    toRecipeId: (record) => record.recipe.id,
  });
  return {
    bus,
    stage,
    publisher,
    predictor,
    clock,
    recipe,
    guard,
    marks: createStartMarks(),
    metrics: context.metrics,
    tracing: context.tracing,
  };
}
