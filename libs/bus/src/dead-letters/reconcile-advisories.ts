import type { Bus } from '../connection/bus.js';
import { readAllEvents } from '../read/read-all-events.js';
import { fromStored, type StoredMessage } from '../read/stored-message.js';
import { unlessMissing } from '../topology/api-errors.js';
import { MAX_DELIVERIES_ADVISORIES, streams } from '../topology/streams.js';
import type { DeadLetter } from './dead-letter.js';
import { publishDeadLetter } from './publish-dead-letter.js';

interface MaxDeliveriesAdvisory {
  readonly stream: string;
  readonly consumer: string;
  readonly stream_seq: number;
  readonly deliveries: number;
}

/**
 * Turns the server's announcements of used-up deliveries into dead letters. Our own consumers have
 * no such limit; those that others set up may have one, and their messages stay stored, delivered
 * to nobody, until somebody looks.
 * @returns how many letters were written.
 */
export async function reconcileAdvisories(bus: Bus): Promise<number> {
  const publisher = bus.publisher();
  const { name } = streams.advisories;
  const found: { sequence: number; advisory: MaxDeliveriesAdvisory | undefined }[] = [];
  await unlessMissing(
    readAllEvents(bus, { stream: name, filter: MAX_DELIVERIES_ADVISORIES }, (message) => {
      found.push({ sequence: message.sequence, advisory: parseAdvisory(message.data) });
    }),
  );
  let letters = 0;
  for (const { sequence, advisory } of found) {
    for (const letter of advisory ? await toDeadLetters(bus, advisory) : []) {
      await publishDeadLetter(publisher, letter);
      letters += 1;
    }
    await bus.manager.streams.deleteMessage(name, sequence);
  }
  return letters;
}

/** One for each event of the message. */
async function toDeadLetters(bus: Bus, advisory: MaxDeliveriesAdvisory): Promise<DeadLetter[]> {
  const request = bus.manager.streams.getMessage(advisory.stream, { seq: advisory.stream_seq });
  const stored = await unlessMissing(request);
  return stored ? fromStored(stored).map((original) => toLetter(original, advisory)) : [];
}

function toLetter(
  { subject, sequence: streamSequence, part, id = '', data }: StoredMessage,
  { stream, consumer, deliveries }: MaxDeliveriesAdvisory,
): DeadLetter {
  const message = `delivered ${deliveries} times without an acknowledgement`;
  const reason = 'max-deliveries';
  return { subject, stream, streamSequence, part, consumer, deliveries, reason, message, id, data };
}

function parseAdvisory(data: Uint8Array): MaxDeliveriesAdvisory | undefined {
  const raw = JSON.parse(Buffer.from(data).toString('utf8')) as Partial<MaxDeliveriesAdvisory>;
  const { stream, consumer, stream_seq, deliveries } = raw;
  if (stream === undefined || consumer === undefined || stream_seq === undefined) return undefined;
  return { stream, consumer, stream_seq, deliveries: deliveries ?? 0 };
}
