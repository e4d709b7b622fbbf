import { DeliverPolicy } from '@nats-io/jetstream';
import type { Bus } from '../connection/bus.js';
import { readLastEvent } from './read-last-event.js';
import { fromDelivered, type StoredMessage } from './stored-message.js';

export interface ReadRange {
  readonly stream: string;
  readonly filter: string;
  /** First sequence to read. */
  readonly fromSequence?: number | undefined;
}

const FETCH_MESSAGES = 500;
const FETCH_EXPIRES_MS = 2_000;

/**
 * Hands every stored event to `handle`, in order, and ends with the one that was last when it was
 * called. Leaves no trace in any consumer.
 * @throws {Error} when the stream is missing, or what `handle` throws.
 */
export async function readAllEvents(
  bus: Bus,
  range: ReadRange,
  handle: (message: StoredMessage) => void | Promise<void>,
): Promise<void> {
  const { stream, filter, fromSequence = 1 } = range;
  const last = await readLastEvent(bus, stream, filter);
  if (last === undefined || last.sequence < fromSequence) return;
  const consumer = await bus.jetstream.consumers.get(stream, {
    filter_subjects: filter,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: fromSequence,
  });
  try {
    for (;;) {
      const messages = await consumer.fetch({
        max_messages: FETCH_MESSAGES,
        expires: FETCH_EXPIRES_MS,
      });
      for await (const message of messages) {
        if (message.seq > last.sequence) return;
        for (const event of fromDelivered(message)) await handle(event);
        if (message.seq === last.sequence || message.info.pending === 0) return;
      }
      // The last one may have been purged meanwhile: then nothing is left that would end the loop.
      if ((await consumer.info()).num_pending === 0) return;
    }
  } finally {
    await consumer.delete().catch(() => false);
  }
}
