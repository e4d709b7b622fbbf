import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { Bus } from '../connection/bus.js';
import { toError } from '../to-error.js';
import { isMissing } from '../topology/api-errors.js';
import type { ConsumerRef } from '../topology/consumers.js';
import { toUnackedMessage, type UnackedMessage, type UnackedPart } from './unacked-message.js';
import { createSignal } from './signal.js';

/** Fetches events before they are needed: with those in work, about as many as it was told. */
export interface PrefetchBuffer {
  /**
   * Between one and `max` events, as soon as `max` are there or `lingerMs` after the first. None
   * when fetching has ended.
   */
  take(max: number, lingerMs: number): Promise<UnackedPart[]>;
  /** A message is settled: its place is free. */
  release(message: UnackedMessage): void;
  /** Everything delivered and not settled, in work or waiting. */
  readonly unacked: ReadonlySet<UnackedMessage>;
  /**
   * Fetches no more, and hands back at once each message of which no event was taken.
   * @returns the events that were not taken, of messages of which others were
   */
  stop(): Promise<UnackedPart[]>;
  /** Resolves when fetching has ended, rejects when it cannot go on. */
  readonly ended: Promise<void>;
}

/** How much is fetched ahead, with what is in work. */
export interface Prefetch {
  readonly events: number;
  /** At least so many messages, however many events they carry: many events in one are little work each. */
  readonly messages?: number | undefined;
}

/** Requests expire soon, so that a lost one costs little time. */
const FETCH_EXPIRES_MS = 10_000;
/** More is fetched when so much of the capacity is free. */
const REFILL_SHARE = 0.25;
const PAUSE_AFTER_FAILURE_MS = 500;
const FLUSH_TIMEOUT_MS = 1_000;

/**
 * @param prefetch Requests count messages, each expected to carry as many events as the last time, so there
 *   may be a few more for a moment.
 * @param accepts tells by the subject which messages are others' work: they are acknowledged unopened
 * @throws {Error} when the stream or the consumer is missing.
 */
export async function openPrefetchBuffer(
  bus: Bus,
  ref: ConsumerRef,
  { events, messages = 1 }: Prefetch,
  accepts: (subject: string) => boolean = () => true,
): Promise<PrefetchBuffer> {
  const consumer = await getConsumer(bus, ref);
  const changed = createSignal();
  const unacked = new Set<UnackedMessage>();
  const waiting: UnackedPart[] = [];
  let unackedEvents = 0;
  /** Events of the largest message of the last request; unknown at first. */
  let largestMessage = events;
  let stopping = false;
  let over = false;
  let current: ConsumerMessages | undefined;

  /** Asked after awaiting, when it may have changed. */
  function isStopping(): boolean {
    return stopping;
  }

  /** @returns how many events the message carries */
  function accept(message: JsMsg): number {
    if (stopping) {
      handBack(bus, message);
      return 0;
    }
    if (!accepts(message.subject)) {
      passOver(bus, message);
      return 0;
    }
    const opened = toUnackedMessage(message);
    unacked.add(opened);
    unackedEvents += opened.parts.length;
    waiting.push(...opened.parts);
    changed.notify();
    return opened.parts.length;
  }

  function release(settled: UnackedMessage): void {
    if (unacked.delete(settled)) unackedEvents -= settled.parts.length;
    changed.notify();
  }

  /** One request at a time, for exactly the places that are free. */
  async function fetchUntilStopped(): Promise<void> {
    while (!stopping) {
      const capacity = Math.max(events, messages * largestMessage);
      const free = capacity - unackedEvents;
      if (free < capacity * REFILL_SHARE) {
        await changed.next();
        continue;
      }
      try {
        const max_messages = Math.max(1, Math.floor(free / largestMessage));
        current = await consumer.fetch({ max_messages, expires: FETCH_EXPIRES_MS });

        if (isStopping()) void current.close();
        let largest = 0;
        for await (const message of current) largest = Math.max(largest, accept(message));
        if (largest > 0) largestMessage = largest;
      } catch (thrown) {
        await pauseOrThrow(bus, ref, toError(thrown));
      }
      if (bus.connection.isClosed() && !isStopping()) {
        throw new Error(`the connection closed while ${ref.durable} was consuming`, {
          cause: await bus.closed,
        });
      }
    }
  }

  const ended = fetchUntilStopped().finally(() => {
    over = true;
    changed.notify();
  });

  return {
    unacked,
    ended,
    async take(max, lingerMs) {
      while (waiting.length === 0) {
        if (over || stopping) return [];
        await changed.next();
      }
      const untilMs = performance.now() + lingerMs;
      while (waiting.length < max && !over && !stopping) {
        const leftMs = untilMs - performance.now();
        if (leftMs <= 0) break;
        await changed.next(leftMs);
      }
      return waiting.splice(0, max);
    },
    release,
    async stop() {
      stopping = true;
      const untaken = waiting.splice(0);
      const left = new Set(untaken);
      const begun: UnackedPart[] = [];
      for (const part of untaken) {
        if (part.owner.parts.every((each) => left.has(each))) {
          if (unacked.has(part.owner)) handBack(bus, part.owner.message);
          release(part.owner);
        } else begun.push(part);
      }
      changed.notify();
      // What the server sent before it answers the flush is here, to be handed back too.
      await Promise.race([
        bus.connection.flush().catch(() => undefined),
        delay(FLUSH_TIMEOUT_MS, undefined, { ref: false }),
      ]);
      await current?.close();
      await ended.catch(() => undefined);
      return begun;
    },
  };
}

async function getConsumer(bus: Bus, ref: ConsumerRef): Promise<Consumer> {
  try {
    return await bus.jetstream.consumers.get(ref.stream, ref.durable);
  } catch (cause) {
    if (isMissing(cause)) throw missing(ref, cause);
    throw cause;
  }
}

function missing({ stream, durable }: ConsumerRef, cause: unknown): Error {
  return new Error(`stream ${stream} has no consumer ${durable}: it was deleted or never set up`, {
    cause,
  });
}

/** A failed request is made again, unless there is nothing left to ask. */
async function pauseOrThrow(bus: Bus, ref: ConsumerRef, failure: Error): Promise<void> {
  if (bus.connection.isClosed()) return;
  bus.log.debug({ ...ref, reason: failure.message }, 'fetching again');
  try {
    await bus.manager.consumers.info(ref.stream, ref.durable);
  } catch (cause) {
    if (isMissing(cause)) throw missing(ref, cause);
  }
  await delay(PAUSE_AFTER_FAILURE_MS);
}

/** Redelivered at once, to the next consumer that asks. */
function handBack(bus: Bus, message: JsMsg): void {
  try {
    message.nak();
  } catch (error) {
    bus.log.debug({ err: error }, 'not handed back: the server delivers again after its ack wait');
  }
}

/** It is the work of another consumer, which gets it as well. */
function passOver(bus: Bus, message: JsMsg): void {
  try {
    message.ack();
  } catch (error) {
    bus.log.debug({ err: error }, 'not passed over: the server delivers again after its ack wait');
  }
}
