import type { JsMsg } from '@nats-io/jetstream';

/** An event as a handler gets it. */
export interface Delivery {
  readonly subject: string;
  /** A view into a shared buffer: its `byteOffset` is seldom a multiple of four. */
  readonly data: Uint8Array;
  /** The id it was published with. */
  readonly id?: string;
  /** The trace that it belongs to, as W3C writes it. Events of bundles have none. */
  readonly traceparent?: string;
  /** Of the message that carries it. */
  readonly streamSequence: number;
  /** Its place among the events of its message, from 0. */
  readonly part: number;
  /** 1 at first, and one more for every delivery since, whatever its reason. */
  readonly deliveryCount: number;
  /** When the stream stored it, in milliseconds since 1970. */
  readonly timeMs: number;
}

export const MESSAGE_ID_HEADER = 'Nats-Msg-Id';
/** https://www.w3.org/TR/trace-context/#traceparent-header */
export const TRACE_HEADER = 'traceparent';

export function toDelivery(message: JsMsg): Delivery {
  const id = message.headers?.get(MESSAGE_ID_HEADER);
  const traceparent = message.headers?.get(TRACE_HEADER);
  return {
    subject: message.subject,
    data: message.data,
    ...(id && { id }),
    ...(traceparent && { traceparent }),
    streamSequence: message.info.streamSequence,
    part: 0,
    deliveryCount: message.info.deliveryCount,
    timeMs: message.time.getTime(),
  };
}
