import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@cullstream/bus';
import type { Broker } from './broker.js';
import { findLostMessages } from './embedded/find-lost-messages.js';

const LOOK_EVERY_MS = 5_000;
/** On a slow and busy machine it may say nothing for a while. */
const SILENT_FOR_MS = 30_000;
const PING_WITHIN_MS = 2_000;

export interface KeepBrokerReadableOptions {
  readonly everyMs?: number;
  /** How long JetStream may say nothing. */
  readonly silentForMs?: number;
}

/**
 * Whenever no consumer has got on between two looks, looks whether the broker can still read what they
 * wait for: it says nothing by itself of a message that it has lost. It is started again then, and where
 * that does not help, it fails. It is also started again when its JetStream does not answer any more while
 * the server itself does: seen after a disk that was full for a moment.
 * @returns what ends it
 */
export function keepBrokerReadable(
  bus: Bus,
  broker: Pick<Broker, 'restart'>,
  { everyMs = LOOK_EVERY_MS, silentForMs = SILENT_FOR_MS }: KeepBrokerReadableOptions = {},
): () => void {
  let silentSince: number | undefined;
  let before = '';
  /** Much may be stored that no consumer asks for: it is read once while nothing happens. */
  let isAllRead = false;
  let isLooking = false;
  const look = async () => {
    const now = await describeProgress(bus);
    silentSince = undefined;
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
  const judgeSilence = async () => {
    // One that stands still, or has ended, is nothing that starting it again here would mend.
    if (!(await isReached(bus))) silentSince = undefined;
    else silentSince ??= performance.now();
    if (silentSince === undefined || performance.now() - silentSince < silentForMs) return;
    silentSince = undefined;
    const seconds = Math.round(silentForMs / 1_000);
    bus.log.warn(
      { seconds },
      `the broker is started again: its JetStream has not answered for ${seconds} s`,
    );
    await broker.restart();
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look()
      .catch((error: unknown) => {
        bus.log.debug({ err: error }, 'the broker does not say whether all can be read');
        return judgeSilence();
      })
      .finally(() => (isLooking = false));
  }, everyMs);
  return () => clearInterval(timer);
}

/** Whether the server answers, whatever its JetStream does. */
async function isReached({ connection }: Bus): Promise<boolean> {
  const late = delay(PING_WITHIN_MS, false, { ref: false });
  return Promise.race([connection.rtt().then(() => true), late]).catch(() => false);
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
