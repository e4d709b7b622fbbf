import { bundleLimits, type Bus } from '@cullstream/bus';
import { encodeEvent, toMessageId, toSubject, type ImagePredicted } from '@cullstream/contracts';
import { chooseEventRecipe } from './choose-event-recipe.js';
import { predictedEvent, RUN_OF_EVENTS } from './predicted-event.js';

/** The predictor's events of so many images, which are divided evenly among projects. */
export async function makeManyPredictedEvents(
  corpus: string,
  images: number,
  projects: number,
): Promise<ImagePredicted[]> {
  const recipe = await chooseEventRecipe(corpus);
  const each = images / projects;
  return Array.from({ length: images }, (_unused, at) => {
    const event = predictedEvent(at % each, each, recipe);
    const name = `written ${Math.floor(at / each)}`;
    return { ...event, project: { ...event.project, name } };
  });
}

/** Publishes them as a predictor does. Resolves when the broker has stored all. */
export async function publishPredictions(
  bus: Bus,
  events: readonly ImagePredicted[],
): Promise<void> {
  const publisher = bus.publisher({ bundle: bundleLimits.predictions });
  for (const event of events) {
    const subject = toSubject('predictions', RUN_OF_EVENTS, event.project.name);
    await publisher.send(subject, encodeEvent(event), { id: toMessageId(event) });
  }
  await publisher.flush();
}
