import type { JsMsg } from '@nats-io/jetstream';
import { openBundle } from '../bundle/bundle.js';
import { toDelivery, type Delivery } from './delivery.js';
import type { Outcome } from './to-disposition.js';

/** A message that was delivered and is not acknowledged yet, and how handling each of its events ended. */
export interface UnackedMessage {
  readonly message: JsMsg;
  /** One for each event the message carries. */
  readonly parts: readonly UnackedPart[];
  /** Events whose handling has not ended. */
  unfinished: number;
}

/** One event of an unacknowledged message. */
export interface UnackedPart {
  /** The message that carries it. */
  readonly owner: UnackedMessage;
  readonly delivery: Delivery;
  /** Set once: how handling ended. */
  ended?: { readonly outcome: Outcome; readonly ms: number };
}

/** Opens a message that has just been delivered. */
export function toUnackedMessage(message: JsMsg): UnackedMessage {
  const whole = toDelivery(message);
  const bundle = openBundle(message.headers, message.data);
  const deliveries: readonly Delivery[] =
    bundle === undefined
      ? [whole]
      : bundle.map(({ id, data }, part) => ({ ...whole, part, id, data }));
  const parts: UnackedPart[] = [];
  const unacked = { message, parts, unfinished: deliveries.length };
  for (const delivery of deliveries) parts.push({ owner: unacked, delivery });
  return unacked;
}
