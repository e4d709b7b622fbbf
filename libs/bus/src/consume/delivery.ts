import type { JsMsg } from '@nats-io/jetstream';

/** A message as a handler gets it. */
export interface Delivery {
  readonly subject: string;
  /** A view into a shared buffer: its `byteOffset` is seldom a multiple of four. */
  readonly data: Uint8Array;
  /** The id it was published with. */
  readonly id?: string;
  readonly streamSequence: number;
  /** 1 at first, and one more for every delivery since, whatever its reason. */
  readonly deliveryCount: number;
  /** When the stream stored it, in milliseconds since 1970. */
  readonly timeMs: number;
}

export const MESSAGE_ID_HEADER = 'Nats-Msg-Id';

export function toDelivery(message: JsMsg): Delivery {
  const id = message.headers?.get(MESSAGE_ID_HEADER);
  return {
    subject: message.subject,
    data: message.data,
    ...(id && { id }),
    streamSequence: message.info.streamSequence,
    deliveryCount: message.info.deliveryCount,
    timeMs: message.time.getTime(),
  };
}
