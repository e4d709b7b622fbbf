import {
  decodeEvent,
  fromSubjectToken,
  MalformedEventError,
  type CullEvent,
} from '@cullstream/contracts';
import {
  listDeadLetters,
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
  const place = placeOf(letter.subject);
  const event = tryDecode(letter.data);
  const image = event !== undefined && 'source' in event ? event : undefined;
  const lastAt = new Date(letter.timeMs).toISOString();
  return {
    kind: 'message',
    id: `m${letter.letterSequence}`,
    letter,
    project: place.project,
    run: place.run,
    archive: image === undefined ? '' : image.project.source,
    entry: image?.image ?? '',
    stage: letter.consumer.split('_')[0] ?? '',
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

/** `cull.<stage>.<run>.<project>`; empty where the subject is none of ours. */
export function placeOf(subject: string): { run: string; project: string } {
  const [prefix, , run, project] = subject.split('.');
  if (prefix !== 'cull' || run === undefined || project === undefined)
    return { run: '', project: '' };
  try {
    return { run: fromSubjectToken(run), project: fromSubjectToken(project) };
  } catch (error) {
    if (error instanceof RangeError) return { run: '', project: '' };
    throw error;
  }
}

function tryDecode(data: Uint8Array): CullEvent | undefined {
  try {
    return decodeEvent(data);
  } catch (error) {
    if (error instanceof MalformedEventError) return undefined;
    throw error;
  }
}
