import { z } from 'zod';
import { EVENT_VERSION } from './events/common.js';
import { embeddingRecipe, predictionRecipe } from './recipe.js';
import { toSubjectToken } from './subjects.js';

/** Services that load weights. */
export const weightedServices = ['embedder', 'predictor'] as const;
export type WeightedService = (typeof weightedServices)[number];

/** The answer of a service that works for every run, when it is asked which weights it has. */
export const recipeAnswer = z.discriminatedUnion('service', [
  z.object({
    v: z.literal(EVENT_VERSION),
    service: z.literal('embedder'),
    /** The name of the computer that it runs on. */
    host: z.string(),
    recipe: embeddingRecipe,
  }),
  z.object({
    v: z.literal(EVENT_VERSION),
    service: z.literal('predictor'),
    host: z.string(),
    recipe: predictionRecipe,
  }),
]);
export type RecipeAnswer = z.infer<typeof recipeAnswer>;

/** The subject for asking all services of a kind for their recipes. All of them answer. */
export function recipesSubject(service: WeightedService): string {
  return `cull.recipes.${toSubjectToken(service)}`;
}
