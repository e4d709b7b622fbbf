import { deadLetterSubject, type RunId } from '@cullstream/contracts';
import type { Bus } from '../connection/bus.js';
import { consumerStages, durableName, type ConsumerName } from '../topology/consumers.js';
import { DEAD_LETTERS, streams } from '../topology/streams.js';

/** How many messages of a run were given up. */
export async function countDeadLetters(bus: Bus, run: RunId): Promise<number> {
  const { state } = await bus.manager.streams.info(streams.dead.name, {
    subjects_filter: DEAD_LETTERS,
  });
  const names = Object.keys(consumerStages) as ConsumerName[];
  return names.reduce(
    (sum, name) => sum + (state.subjects?.[deadLetterSubject(durableName(name, run))] ?? 0),
    0,
  );
}
