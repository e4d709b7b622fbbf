import type { JsMsg, StoredMsg } from '@nats-io/jetstream';
import { MESSAGE_ID_HEADER } from '../consume/delivery.js';

/** A message as a stream stores it. */
export interface StoredMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly id?: string;
  readonly sequence: number;
  /** When it was stored, in milliseconds since 1970. */
  readonly timeMs: number;
  readonly headers: ReadonlyMap<string, string>;
}

/** A message that a consumer delivered. */
export function fromDelivered(message: JsMsg): StoredMessage {
  return toMessage(message.subject, message.data, message.seq, message.time, message.headers);
}

/** A message that was asked for by sequence or subject. */
export function fromStored(message: StoredMsg): StoredMessage {
  return toMessage(message.subject, message.data, message.seq, message.time, message.header);
}

function toMessage(
  subject: string,
  data: Uint8Array,
  sequence: number,
  time: Date,
  fields: JsMsg['headers'],
): StoredMessage {
  const headers = new Map<string, string>();
  for (const key of fields?.keys() ?? []) headers.set(key, fields?.get(key) ?? '');
  const id = headers.get(MESSAGE_ID_HEADER);
  return {
    subject,
    data,
    sequence,
    timeMs: time.getTime(),
    headers,
    ...(id !== undefined && { id }),
  };
}
