import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@cullstream/bus';
import type { Broker } from './broker.js';
import { findLostMessages } from './embedded/find-lost-messages.js';

const LOOK_EVERY_MS = 5_000;
/** On a slow and busy machine JetStream may not answer for a while. */
const SILENT_FOR_MS = 30_000;
const PING_WITHIN_MS = 2_000;

export interface KeepBrokerReadableOptions {
  readonly everyMs?: number;
  /** How long JetStream may not answer, in milliseconds. */
  readonly silentForMs?: number;
  /** How soon the server must answer a ping, in milliseconds. */
  readonly pingWithinMs?: number;
}

/**
 * When no consumer has advanced between two checks, tests whether the broker can still read the
 * messages that they wait for, because the broker does not report a message that it has lost. If
 * one cannot be read, the broker is started again, and if that does not help, it fails. It is also
 * started again when the server answers but its JetStream does not, which was seen after a disk had
 * been full for a moment.
 * @returns a function that ends the checks
 */
export function keepBrokerReadable(
  bus: Bus,
  broker: Pick<Broker, 'restart'>,
  {
    everyMs = LOOK_EVERY_MS,
    silentForMs = SILENT_FOR_MS,
    pingWithinMs = PING_WITHIN_MS,
  }: KeepBrokerReadableOptions = {},
): () => void {
  let silentSince: number | undefined;
  let before = '';
  /** Many stored messages may have no consumer: they are read once, while nothing else happens. */
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
    // A restart does not help a broker that is suspended or has ended.
    if (!(await isReached(bus, pingWithinMs))) silentSince = undefined;
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

/** Whether the server answers, even if its JetStream does not. */
async function isReached({ connection }: Bus, withinMs: number): Promise<boolean> {
  const late = delay(withinMs, false, { ref: false });
  return Promise.race([connection.rtt().then(() => true), late]).catch(() => false);
}

/** Equal as long as no stream has been written to and no message was delivered or acknowledged. */
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
