import {
  recipeAnswer,
  recipesSubject,
  type RecipeAnswer,
  type WeightedService,
} from '@cullstream/contracts';
import { errors } from '@nats-io/nats-core';
import type { Bus } from '../connection/bus.js';
import { parseJson } from '../parse-json.js';

/** How long a busy service may take for its answer, and each after it. */
const FIRST_ANSWER_WITHIN_MS = 3_000;
const NEXT_ANSWER_WITHIN_MS = 500;

/**
 * Which weights the deployed services of a kind have, one answer each. None where no service works, or
 * none of a version that answers.
 */
export async function askRecipes(bus: Bus, service: WeightedService): Promise<RecipeAnswer[]> {
  const answers: RecipeAnswer[] = [];
  try {
    const messages = await bus.connection.requestMany(recipesSubject(service), '', {
      strategy: 'stall',
      maxWait: FIRST_ANSWER_WITHIN_MS,
      stall: NEXT_ANSWER_WITHIN_MS,
    });
    for await (const message of messages) {
      const answer = recipeAnswer.safeParse(parseJson(message));
      if (answer.success) answers.push(answer.data);
      else
        bus.log.warn(
          { err: answer.error, service },
          'an answer about weights that is none, or of another version',
        );
    }
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    bus.log.debug({ err: error, service }, 'nobody says which weights it has');
  }
  return answers;
}

/** Nobody is there, or the broker's users were made by a version that knew no such question. */
function isUnanswered(error: unknown): boolean {
  const told = error instanceof errors.RequestError ? (error.cause ?? error) : error;
  return (
    told instanceof errors.NoRespondersError ||
    told instanceof errors.PermissionViolationError ||
    (told instanceof errors.RequestError && told.isNoResponders())
  );
}
