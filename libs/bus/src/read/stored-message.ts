import type { JsMsg, StoredMsg } from '@nats-io/jetstream';
import type { MsgHdrs } from '@nats-io/nats-core';
import { openBundle } from '../bundle/bundle.js';
import { MESSAGE_ID_HEADER } from '../consume/delivery.js';

/** An event as a stream stores it. */
export interface StoredMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly id?: string;
  /** Of the message that carries it. */
  readonly sequence: number;
  /** Its place among the events of its message, from 0. */
  readonly part: number;
  /** When it was stored, in milliseconds since 1970. */
  readonly timeMs: number;
  readonly headers: ReadonlyMap<string, string>;
}

/** The events of a message that a consumer delivered, in order. */
export function fromDelivered(message: JsMsg): StoredMessage[] {
  const { subject, data, seq: sequence, time, headers } = message;
  return toMessages({ subject, data, sequence, time }, headers);
}

/** The events of a message that was asked for by sequence or subject, in order. */
export function fromStored(message: StoredMsg): StoredMessage[] {
  const { subject, data, seq: sequence, time, header } = message;
  return toMessages({ subject, data, sequence, time }, header);
}

function toMessages(
  message: Pick<StoredMessage, 'subject' | 'data' | 'sequence'> & { readonly time: Date },
  fields: MsgHdrs | undefined,
): StoredMessage[] {
  const { subject, data, sequence, time } = message;
  const headers = new Map<string, string>();
  for (const key of fields?.keys() ?? []) headers.set(key, fields?.get(key) ?? '');
  const id = headers.get(MESSAGE_ID_HEADER);
  const common = { subject, sequence, timeMs: time.getTime(), headers };
  const bundle = openBundle(fields, data);
  if (bundle !== undefined) return bundle.map((each, part) => ({ ...common, ...each, part }));
  return [{ ...common, data, part: 0, ...(id !== undefined && { id }) }];
}
