import { DeliverPolicy } from '@nats-io/jetstream';
import type { Bus } from '../connection/bus.js';
import { fromDelivered, type StoredMessage } from './stored-message.js';

export interface Following {
  /** Rejects with what `handle` threw, or when following cannot go on. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Hands every stored event to `handle`, one at a time and in order, and then every new one, until
 * it is stopped. Nothing is acknowledged, so each follower sees all from the beginning.
 */
export async function followStream(
  bus: Bus,
  stream: string,
  filter: string,
  handle: (message: StoredMessage) => void | Promise<void>,
): Promise<Following> {
  const consumer = await bus.jetstream.consumers.get(stream, {
    filter_subjects: filter,
    deliver_policy: DeliverPolicy.All,
  });
  const messages = await consumer.consume();
  const done = (async () => {
    for await (const message of messages) {
      for (const event of fromDelivered(message)) await handle(event);
    }
  })();
  done.catch(() => undefined);
  return {
    done,
    async stop() {
      await messages.close();
      await done;
    },
  };
}
