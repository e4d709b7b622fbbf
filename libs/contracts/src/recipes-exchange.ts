import { z } from 'zod';
import { EVENT_VERSION } from './events/common.js';
import { embeddingRecipe, predictionRecipe } from './recipe.js';
import { toSubjectToken } from './subjects.js';

/** Services that have weights. */
export const weightedServices = ['embedder', 'predictor'] as const;
export type WeightedService = (typeof weightedServices)[number];

/** What a service that serves every run answers when it is asked which weights it has. */
export const recipeAnswer = z.discriminatedUnion('service', [
  z.object({
    v: z.literal(EVENT_VERSION),
    service: z.literal('embedder'),
    /** Where it works: a computer's name. */
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

/** Where services of a kind are asked for their recipes; all of them answer. */
export function recipesSubject(service: WeightedService): string {
  return `cull.recipes.${toSubjectToken(service)}`;
}
