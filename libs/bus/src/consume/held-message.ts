import type { JsMsg } from '@nats-io/jetstream';
import { openBundle } from '../bundle/bundle.js';
import { toDelivery, type Delivery } from './delivery.js';
import type { Outcome } from './to-disposition.js';

/** A message in the hands of this process, and how handling each of its events ended. */
export interface HeldMessage {
  readonly message: JsMsg;
  /** One for each event the message carries. */
  readonly parts: readonly HeldPart[];
  /** Events whose handling has not ended. */
  unfinished: number;
}

/** One event of a held message. */
export interface HeldPart {
  readonly held: HeldMessage;
  readonly delivery: Delivery;
  /** Set once: how handling ended. */
  ended?: { readonly outcome: Outcome; readonly ms: number };
}

/** Opens a message that has just been delivered. */
export function holdMessage(message: JsMsg): HeldMessage {
  const whole = toDelivery(message);
  const bundle = openBundle(message.headers, message.data);
  const deliveries: readonly Delivery[] =
    bundle === undefined
      ? [whole]
      : bundle.map(({ id, data }, part) => ({ ...whole, part, id, data }));
  const parts: HeldPart[] = [];
  const held = { message, parts, unfinished: deliveries.length };
  for (const delivery of deliveries) parts.push({ held, delivery });
  return held;
}
