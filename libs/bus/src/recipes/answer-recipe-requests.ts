import { hostname } from 'node:os';
import { EVENT_VERSION, recipesSubject, type RecipeAnswer } from '@cullstream/contracts';
import type { Bus } from '../connection/bus.js';

/** Answers whoever asks which weights a service has, for as long as it is connected. */
export async function answerRecipeRequests(
  bus: Bus,
  own: Pick<RecipeAnswer, 'service' | 'recipe'>,
): Promise<void> {
  const answer = JSON.stringify({ v: EVENT_VERSION, host: hostname(), ...own });
  bus.connection.subscribe(recipesSubject(own.service), {
    callback: (error, message) => {
      if (error === null) {
        message.respond(answer);
        return;
      }
      bus.log.warn(
        { err: error },
        'the broker does not let this service say which weights it has: ' +
          '`cullstream keys` writes anew what its users may do',
      );
    },
  });
  await bus.connection.flush();
}
