import {
  listDeadLetters,
  locateDeadLetter,
  reconcileAdvisories,
  type Bus,
  type StoredDeadLetter,
} from '@cullstream/bus';
import type { PoisonedMessage } from './dead-entry.js';

/** The messages that were given up, those that the server announced as such among them. */
export async function listPoisonedMessages(bus: Bus): Promise<PoisonedMessage[]> {
  await reconcileAdvisories(bus);
  const letters = await listDeadLetters(bus);
  return Promise.all(letters.map((letter) => toEntry(bus, letter)));
}

async function toEntry(bus: Bus, letter: StoredDeadLetter): Promise<PoisonedMessage> {
  const lastAt = new Date(letter.timeMs).toISOString();
  return {
    kind: 'message',
    id: `m${letter.letterSequence}`,
    letter,
    ...locateDeadLetter(letter),
    reason: letter.reason,
    message: letter.message,
    attempts: letter.deliveries,
    firstAt: (await storedAt(bus, letter)) ?? lastAt,
    lastAt,
  };
}

/** When the message itself was published; undefined where its stream does not hold it any more. */
async function storedAt(bus: Bus, letter: StoredDeadLetter): Promise<string | undefined> {
  const { stream, streamSequence: seq } = letter;
  const stored = await bus.manager.streams.getMessage(stream, { seq }).catch(() => null);
  return stored?.time.toISOString();
}
