import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { Bus } from '../connection/bus.js';
import { toError } from '../to-error.js';
import { isMissing } from '../topology/api-errors.js';
import type { ConsumerRef } from '../topology/consumers.js';
import { createSignal } from './signal.js';

/** Messages fetched ahead of their handling, never more than a capacity counts with those in work. */
export interface Intake {
  /**
   * Between one and `max` messages, as soon as `max` are there or `lingerMs` after the first. None
   * when the intake has ended.
   */
  take(max: number, lingerMs: number): Promise<JsMsg[]>;
  /** A taken message is settled: its place is free. */
  release(message: JsMsg): void;
  /** Everything delivered and not settled, in work or waiting. */
  readonly held: ReadonlySet<JsMsg>;
  /** Fetches no more and hands back at once what nobody has taken. */
  stop(): Promise<void>;
  /** Resolves when fetching has ended, rejects when it cannot go on. */
  readonly ended: Promise<void>;
}

/** Requests are short, so that a lost one costs little. */
const FETCH_EXPIRES_MS = 10_000;
const PAUSE_AFTER_FAILURE_MS = 500;
const FLUSH_TIMEOUT_MS = 1_000;

/** @throws {Error} when the stream or the consumer is missing. */
export async function openIntake(bus: Bus, ref: ConsumerRef, capacity: number): Promise<Intake> {
  const consumer = await getConsumer(bus, ref);
  const changed = createSignal();
  const held = new Set<JsMsg>();
  const waiting: JsMsg[] = [];
  const refillAt = Math.ceil(capacity / 4);
  let stopping = false;
  let over = false;
  let current: ConsumerMessages | undefined;

  /** Asked after awaiting, when it may have changed. */
  function isStopping(): boolean {
    return stopping;
  }

  function accept(message: JsMsg): void {
    if (stopping) {
      handBack(bus, message);
      return;
    }
    held.add(message);
    waiting.push(message);
    changed.notify();
  }

  /** One request at a time, for exactly the places that are free. */
  async function fetchUntilStopped(): Promise<void> {
    while (!stopping) {
      const free = capacity - held.size;
      if (free < refillAt) {
        await changed.next();
        continue;
      }
      try {
        current = await consumer.fetch({ max_messages: free, expires: FETCH_EXPIRES_MS });
        if (isStopping()) void current.close();
        for await (const message of current) accept(message);
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
    release(message) {
      held.delete(message);
      changed.notify();
    },
    async stop() {
      stopping = true;
      for (const message of waiting.splice(0)) {
        handBack(bus, message);
        held.delete(message);
      }
      changed.notify();
      // What the server sent before it answers the flush is here, to be handed back too.
      await Promise.race([
        bus.connection.flush().catch(() => undefined),
        delay(FLUSH_TIMEOUT_MS, undefined, { ref: false }),
      ]);
      await current?.close();
      await ended.catch(() => undefined);
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
