import type { Bus } from '../connection/bus.js';
import { readAllEvents } from '../read/read-all-events.js';
import { unlessMissing } from '../topology/api-errors.js';
import { DEAD_LETTERS, streams } from '../topology/streams.js';
import type { StoredDeadLetter } from './dead-letter.js';
import { toDeadLetter } from './to-dead-letter.js';

/** All dead letters, oldest first: none at a broker where nobody has worked yet. */
export async function listDeadLetters(bus: Bus): Promise<StoredDeadLetter[]> {
  const letters: StoredDeadLetter[] = [];
  const range = { stream: streams.dead.name, filter: DEAD_LETTERS };
  await unlessMissing(
    readAllEvents(bus, range, (message) => {
      letters.push(toDeadLetter(message));
    }),
  );
  return letters;
}

/** Removes a letter, after it was dealt with. @returns whether it was there. */
export async function deleteDeadLetter(bus: Bus, letterSequence: number): Promise<boolean> {
  const { name } = streams.dead;
  const found = await bus.manager.streams.getMessage(name, { seq: letterSequence });
  if (found === null) return false;
  return (await unlessMissing(bus.manager.streams.deleteMessage(name, letterSequence))) ?? false;
}
