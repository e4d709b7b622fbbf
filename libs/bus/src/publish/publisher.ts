import {
  type PublisherOptions,
  type PublishOptions,
  type PublishReceipt,
  type Publisher,
} from './publishing.js';
import { setTimeout as delay } from 'node:timers/promises';
import { TransientError } from '@cullstream/contracts';
import { headers } from '@nats-io/nats-core';
import { Semaphore } from 'async-mutex';
import type { Bus } from '../connection/bus.js';
import { MESSAGE_ID_HEADER, TRACE_HEADER } from '../consume/delivery.js';
import { retryDelayMs } from '../retry-delay.js';
import { toError } from '../to-error.js';
import type { AckInbox } from './ack-inbox.js';
import { isOutdated } from '../topology/api-errors.js';
import { createBundler, type PublishMessage } from './bundler.js';
import { AFTER_HEADER, chainMessages, ConcurrentPublishError } from './chain.js';
import { publishFailure } from './publish-failure.js';
import { maxMessageBytes } from './payload-limits.js';

export function createPublisher(
  bus: Bus,
  acks: AckInbox,
  options: PublisherOptions = {},
): Publisher {
  const { bundle, after, maxInFlight = bundle === undefined ? 128 : 1_024 } = options;
  const slots = new Semaphore(maxInFlight);
  const inFlight = new Set<Promise<unknown>>();
  let failure: Error | undefined;
  const outage = createOutage(bus);
  const publishAtOnce: PublishMessage = (subject, bytes, publishOptions) =>
    publishUntilStored(bus, acks, outage, subject, bytes, publishOptions);
  const publishMessage = after === undefined ? publishAtOnce : chainMessages(after, publishAtOnce);
  const bundler = bundle && createBundler(bundle, publishMessage, () => maxMessageBytes(bus));

  function store(subject: string, bytes: Uint8Array, publishOptions: PublishOptions) {
    if (bundler === undefined) return publishMessage(subject, bytes, publishOptions);
    return publishOptions.traceparent === undefined
      ? bundler.add(subject, { id: publishOptions.id, data: bytes })
      : bundler.addAlone(subject, bytes, publishOptions);
  }

  function start(subject: string, bytes: Uint8Array, publishOptions: PublishOptions) {
    const publication = store(subject, bytes, publishOptions).finally(() => {
      inFlight.delete(publication);
      slots.release();
    });
    inFlight.add(publication);
    return publication;
  }

  function throwFailure(): void {
    const found = failure;
    failure = undefined;
    if (found) throw found;
  }

  return {
    async publish(subject, bytes, publishOptions) {
      await slots.acquire();
      return start(subject, bytes, publishOptions);
    },
    async send(subject, bytes, publishOptions) {
      await slots.acquire();
      if (failure) slots.release();
      throwFailure();
      start(subject, bytes, publishOptions).catch((error: unknown) => {
        failure ??= toError(error);
      });
    },
    async flush() {
      await Promise.allSettled(inFlight);
      throwFailure();
    },
  };
}

async function publishUntilStored(
  bus: Bus,
  acks: AckInbox,
  outage: Outage,
  subject: string,
  bytes: Uint8Array,
  { id, headers: fields = headers(), traceparent, after }: PublishOptions,
): Promise<PublishReceipt> {
  fields.set(MESSAGE_ID_HEADER, id);
  if (after !== undefined) fields.set(AFTER_HEADER, String(after));
  if (traceparent !== undefined) fields.set(TRACE_HEADER, traceparent);
  for (let attempt = 1; ; attempt++) {
    try {
      const ack = await acks.publish(subject, bytes, fields);
      outage.over();
      return { stream: ack.stream, sequence: ack.seq, duplicate: ack.duplicate ?? false };
    } catch (thrown) {
      const error = toError(thrown);
      await throwIfFinal(bus, subject, id, error);
      const waitMs = retryDelayMs(attempt, 100, 10_000);
      outage.met({ subject, id, attempt, waitMs, reason: error.message });
      await Promise.race([delay(waitMs, undefined, { ref: false }), bus.connection.closed()]);
    }
  }
}

/** What is said of publications that fail for the moment: once, and once when it is over. */
interface Outage {
  met(failure: object): void;
  over(): void;
}

function createOutage({ log }: Pick<Bus, 'log'>): Outage {
  let isMet = false;
  return {
    met(failure) {
      if (isMet) log.debug(failure, 'publishing again');
      else
        log.warn(
          failure,
          'the broker does not take what is published: publishing again until it does',
        );
      isMet = true;
    },
    over() {
      if (isMet) log.info({}, 'the broker takes what is published');
      isMet = false;
    },
  };
}

async function throwIfFinal(bus: Bus, subject: string, id: string, cause: Error): Promise<void> {
  switch (publishFailure(cause)) {
    case 'passing':
      return;
    case 'closed':
      throw new TransientError(`the connection closed before ${id} was stored`, { cause });
    case 'refused':
      if (isOutdated(cause)) {
        const what = `${id} is not stored: its place behind the last message of ${subject} is taken`;
        throw new ConcurrentPublishError(what, { cause });
      }
      throw new Error(`${id} cannot be stored under ${subject}: ${cause.message}`, { cause });
    case 'unanswered':
      if (await isWithoutStream(bus, subject)) {
        throw new Error(`no stream takes ${subject}: set up the streams before publishing`, {
          cause,
        });
      }
  }
}

/** A starting server answers nothing at all; a running one can say that no stream has the subject. */
async function isWithoutStream(bus: Bus, subject: string): Promise<boolean> {
  try {
    return (await bus.manager.streams.names(subject).next()).length === 0;
  } catch {
    return false;
  }
}
