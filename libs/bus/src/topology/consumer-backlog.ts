import type { Bus } from '../connection/bus.js';
import { unlessMissing } from './api-errors.js';
import type { ConsumerRef } from './consumers.js';

/** What a consumer has still to do. Remaining = pending + ackPending. */
export interface ConsumerBacklog {
  /** Messages never delivered. */
  readonly pending: number;
  /** Delivered and not settled. */
  readonly ackPending: number;
  /** Of those, delivered more than once. */
  readonly redelivered: number;
}

/** @throws {Error} when the stream or the consumer is missing. */
export async function consumerBacklog(bus: Bus, ref: ConsumerRef): Promise<ConsumerBacklog> {
  const info = await bus.manager.consumers.info(ref.stream, ref.durable);
  return {
    pending: info.num_pending,
    ackPending: info.num_ack_pending,
    redelivered: info.num_redelivered,
  };
}

/** Whether somebody asks a consumer for messages, or has some in hand. */
export async function isConsumed(bus: Bus, ref: ConsumerRef): Promise<boolean> {
  const info = await unlessMissing(bus.manager.consumers.info(ref.stream, ref.durable));
  return info !== undefined && info.num_waiting + info.num_ack_pending > 0;
}

export async function hasConsumer(bus: Bus, ref: ConsumerRef): Promise<boolean> {
  const info = await unlessMissing(bus.manager.consumers.info(ref.stream, ref.durable));
  return info !== undefined;
}
