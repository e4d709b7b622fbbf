import type { Bus } from '../connection/bus.js';

/** Of a server that does not say: the default of nats-server. */
const DEFAULT_MAX_PAYLOAD = 1024 * 1024;
/** Headers count too: message ids, and what a dead letter says of a message. */
const HEADER_BYTES = 6 * 1024;
/** What later stages add to an event: a vector, digests, the names of models. */
const GROWTH_BYTES = 4 * 1024;

interface Connected {
  readonly connection: Pick<Bus['connection'], 'info'>;
}

/** Bytes that a message may have beside its headers. Another server of a cluster may allow others. */
export function maxMessageBytes({ connection }: Connected): number {
  return (connection.info?.max_payload ?? DEFAULT_MAX_PAYLOAD) - HEADER_BYTES;
}

/** Bytes that the first event of an image may have, so that every later stage can carry it on. */
export function maxEventBytes(bus: Connected): number {
  return maxMessageBytes(bus) - GROWTH_BYTES;
}
