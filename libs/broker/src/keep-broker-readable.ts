import type { Bus } from '@cullstream/bus';
import type { Broker } from './broker.js';
import { findLostMessages } from './embedded/find-lost-messages.js';

const LOOK_EVERY_MS = 5_000;

/**
 * Whenever no consumer has got on between two looks, looks whether the broker can still read what they
 * wait for: it says nothing by itself of a message that it has lost. It is started again then, and where
 * that does not help, it fails.
 * @returns what ends it
 */
export function keepBrokerReadable(
  bus: Bus,
  broker: Pick<Broker, 'restart'>,
  { everyMs = LOOK_EVERY_MS }: { readonly everyMs?: number } = {},
): () => void {
  let before = '';
  /** Much may be stored that no consumer asks for: it is read once while nothing happens. */
  let isAllRead = false;
  let isLooking = false;
  const look = async () => {
    const now = await describeProgress(bus);
    if (now !== before) {
      before = now;
      isAllRead = false;
      return;
    }
    const lost = await findLostMessages(bus, { withoutConsumer: !isAllRead });
    isAllRead = true;
    if (lost === undefined) return;
    bus.log.warn(
      { lost: lost.description },
      'the broker is started again: it cannot read a message',
    );
    await broker.restart({ doubted: lost.place });
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look()
      .catch((error: unknown) => {
        bus.log.debug({ err: error }, 'the broker does not say whether all can be read');
      })
      .finally(() => (isLooking = false));
  }, everyMs);
  return () => clearInterval(timer);
}

/** Equal as long as no stream has been written to and nobody was given or acknowledged anything. */
async function describeProgress({ manager }: Bus): Promise<string> {
  const facts: unknown[] = [];
  for await (const { config, state } of manager.streams.list()) {
    facts.push(config.name, state.last_seq, state.messages);
    for await (const { name, ...consumer } of manager.consumers.list(config.name)) {
      facts.push(name, consumer.delivered.consumer_seq, consumer.ack_floor.consumer_seq);
    }
  }
  return JSON.stringify(facts);
}
