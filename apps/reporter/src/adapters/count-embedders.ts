import { askRecipes, type Bus } from '@cullstream/bus';
import type { Logger } from '@cullstream/runtime';

const ASK_EVERY_MS = 10_000;

/** Returns how many deployed embedders answered last time, and asks them again in the background. */
export function countDeployedEmbedders(bus: Bus, log: Logger): () => number | undefined {
  let count: number | undefined;
  let askedMs = -Infinity;
  return () => {
    if (performance.now() - askedMs > ASK_EVERY_MS) {
      askedMs = performance.now();
      askRecipes(bus, 'embedder')
        .then((answers) => (count = answers.length))
        .catch((error: unknown) => log.debug({ err: error }, 'embedders could not be counted'));
    }
    return count;
  };
}
