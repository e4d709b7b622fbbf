import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { Bus } from '../connection/bus.js';
import { toError } from '../to-error.js';
import { isMissing } from '../topology/api-errors.js';
import type { ConsumerRef } from '../topology/consumers.js';
import { holdMessage, type HeldMessage, type HeldPart } from './held-message.js';
import { createSignal } from './signal.js';

/** Events fetched ahead of their handling, about as many as a capacity with those in work. */
export interface PrefetchBuffer {
  /**
   * Between one and `max` events, as soon as `max` are there or `lingerMs` after the first. None
   * when the intake has ended.
   */
  take(max: number, lingerMs: number): Promise<HeldPart[]>;
  /** A message is settled: its place is free. */
  release(held: HeldMessage): void;
  /** Everything delivered and not settled, in work or waiting. */
  readonly held: ReadonlySet<HeldMessage>;
  /**
   * Fetches no more and hands back at once what nobody has taken.
   * @returns events that nobody will take, of messages that others are taken of
   */
  stop(): Promise<HeldPart[]>;
  /** Resolves when fetching has ended, rejects when it cannot go on. */
  readonly ended: Promise<void>;
}

/** Requests are short, so that a lost one costs little. */
const FETCH_EXPIRES_MS = 10_000;
const PAUSE_AFTER_FAILURE_MS = 500;
const FLUSH_TIMEOUT_MS = 1_000;

/**
 * @param capacity in events. Requests count in messages: how many events those carry is expected to
 *   be as it was the last time, so a few more may be held for a moment.
 * @throws {Error} when the stream or the consumer is missing.
 */
export async function openPrefetchBuffer(
  bus: Bus,
  ref: ConsumerRef,
  capacity: number,
): Promise<PrefetchBuffer> {
  const consumer = await getConsumer(bus, ref);
  const changed = createSignal();
  const held = new Set<HeldMessage>();
  const waiting: HeldPart[] = [];
  const refillAt = Math.ceil(capacity / 4);
  let heldEvents = 0;
  /** Events of the largest message of the last request; unknown at first. */
  let largestMessage = capacity;
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
    const opened = holdMessage(message);
    held.add(opened);
    heldEvents += opened.parts.length;
    waiting.push(...opened.parts);
    changed.notify();
    return opened.parts.length;
  }

  function release(settled: HeldMessage): void {
    if (held.delete(settled)) heldEvents -= settled.parts.length;
    changed.notify();
  }

  /** One request at a time, for exactly the places that are free. */
  async function fetchUntilStopped(): Promise<void> {
    while (!stopping) {
      const free = capacity - heldEvents;
      if (free < refillAt) {
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
    held,
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
      const begun: HeldPart[] = [];
      for (const part of untaken) {
        if (part.held.parts.every((each) => left.has(each))) {
          if (held.has(part.held)) handBack(bus, part.held.message);
          release(part.held);
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

/** Redelivered at once, to whoever asks next. */
function handBack(bus: Bus, message: JsMsg): void {
  try {
    message.nak();
  } catch (error) {
    bus.log.debug({ err: error }, 'not handed back: the server delivers again after its ack wait');
  }
}
