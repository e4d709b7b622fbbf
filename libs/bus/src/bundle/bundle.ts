import { headers, type MsgHdrs } from '@nats-io/nats-core';

/** One event with the id it is published under. */
export interface BundlePart {
  readonly id: string;
  /** Out of a bundle: a view into the message. */
  readonly data: Uint8Array;
}

/** Marks a message that carries several events; its value is the version of the layout. */
export const BUNDLE_HEADER = 'Cull-Bundle';
/** How many, for who does not look inside. */
const EVENTS_HEADER = 'Cull-Events';
const BUNDLE_VERSION = '1';

const PREFIX_BYTES = 6;
const MAX_ID_BYTES = 0xff_ff;

/** Bytes that a part takes in a bundle. */
export function bundledBytes(part: BundlePart): number {
  return PREFIX_BYTES + Buffer.byteLength(part.id) + part.data.length;
}

/** The headers of a message that carries so many events together. */
export function bundleHeaders(events: number): MsgHdrs {
  const fields = headers();
  fields.set(BUNDLE_HEADER, BUNDLE_VERSION);
  fields.set(EVENTS_HEADER, String(events));
  return fields;
}

/** How many events a message carries, by its headers alone. */
export function readEventCount(fields: Pick<MsgHdrs, 'get'> | undefined): number {
  return fields?.get(BUNDLE_HEADER) === BUNDLE_VERSION ? Number(fields.get(EVENTS_HEADER)) : 1;
}

/**
 * Several events as one message's bytes, in order. For each: length of the id (uint16 LE), length of
 * the data (uint32 LE), the id (UTF-8), the data.
 * @throws {RangeError} when an id is longer than 65,535 bytes
 */
export function encodeBundle(parts: readonly BundlePart[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(parts.reduce((sum, part) => sum + bundledBytes(part), 0));
  let position = 0;
  for (const { id, data } of parts) {
    const idBytes = bytes.write(id, position + PREFIX_BYTES, 'utf8');
    if (idBytes > MAX_ID_BYTES) throw new RangeError(`an id of ${idBytes} bytes`);
    bytes.writeUInt16LE(idBytes, position);
    bytes.writeUInt32LE(data.length, position + 2);
    bytes.set(data, position + PREFIX_BYTES + idBytes);
    position += PREFIX_BYTES + idBytes + data.length;
  }
  return bytes;
}

/**
 * The events that a message carries, in order; undefined for one that carries a single event, and
 * for bytes that are no bundle of a known layout: those are for the reader of events to refuse.
 */
export function openBundle(
  fields: Pick<MsgHdrs, 'get'> | undefined,
  data: Uint8Array,
): readonly BundlePart[] | undefined {
  if (fields?.get(BUNDLE_HEADER) !== BUNDLE_VERSION) return undefined;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const parts: BundlePart[] = [];
  let position = 0;
  while (position < bytes.length) {
    if (position + PREFIX_BYTES > bytes.length) return undefined;
    const idEnd = position + PREFIX_BYTES + bytes.readUInt16LE(position);
    const end = idEnd + bytes.readUInt32LE(position + 2);
    if (end > bytes.length) return undefined;
    parts.push({
      id: bytes.toString('utf8', position + PREFIX_BYTES, idEnd),
      data: data.subarray(idEnd, end),
    });
    position = end;
  }
  return parts.length === 0 ? undefined : parts;
}
