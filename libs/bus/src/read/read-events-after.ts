import type { MsgRequest } from '@nats-io/jetstream';
import type { Bus } from '../connection/bus.js';
import { readLastEvent } from './read-last-event.js';
import { fromStored, type StoredMessage } from './stored-message.js';

/**
 * Hands every event stored after `afterSequence` to `handle`, in order. Takes no consumer, so it
 * suits a reader that may only read, and one that looks every now and then. Where the stream has
 * lost its newest messages (power was cut) all are handed over again.
 * @returns the sequence to go on after
 * @throws {Error} when the stream is missing, or what `handle` throws
 */
export async function readEventsAfter(
  bus: Bus,
  { stream, filter, afterSequence }: { stream: string; filter: string; afterSequence: number },
  handle: (message: StoredMessage) => void | Promise<void>,
): Promise<number> {
  const last = await readLastEvent(bus, stream, filter);
  if (last === undefined) return 0;
  let sequence = last.sequence < afterSequence ? 0 : afterSequence;
  while (sequence < last.sequence) {
    // Servers since 2.9 know the request, though the client's type has it for direct gets only.
    const request = { seq: sequence + 1, next_by_subj: filter };
    const found = await bus.manager.streams.getMessage(stream, request satisfies MsgRequest);
    if (found === null) break;
    for (const event of fromStored(found)) await handle(event);
    sequence = found.seq;
  }
  return sequence;
}
