import type { RunId } from '@cullstream/contracts';
import type { Bus } from '../connection/bus.js';
import { readEventsAfter } from '../read/read-events-after.js';
import { DEAD_LETTERS, streams } from '../topology/streams.js';
import type { StoredDeadLetter } from './dead-letter.js';
import { belongsToRun, toDeadLetter } from './to-dead-letter.js';

/** The dead letters of a run, oldest first. Takes no consumer: whoever may read the stream may ask. */
export async function readDeadLetters(bus: Bus, run: RunId): Promise<StoredDeadLetter[]> {
  const letters: StoredDeadLetter[] = [];
  const range = { stream: streams.dead.name, filter: DEAD_LETTERS, afterSequence: 0 };
  await readEventsAfter(bus, range, (message) => {
    const letter = toDeadLetter(message);
    if (belongsToRun(letter.subject, run)) letters.push(letter);
  });
  return letters;
}
