import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { countVectorBytes } from '@cullstream/contracts';
import { headers, type MsgHdrs } from '@nats-io/nats-core';

/** One event with the id it is published under. */
export interface BundlePart {
  readonly id: string;
  /** Out of a bundle: it may be a view into the message. */
  readonly data: Uint8Array;
}

/** Marks a message that carries several events; its value is the version of the layout. */
export const BUNDLE_HEADER = 'Cull-Bundle';
/** How many, for who does not look inside. */
const EVENTS_HEADER = 'Cull-Events';
/** In messages of contract 1, which streams may still hold. */
const PLAIN = '1';
const DEFLATED = '2';

const PLAIN_PREFIX_BYTES = 6;
const PREFIX_BYTES = 10;
const LENGTH_BYTES = 4;
const MAX_ID_BYTES = 0xff_ff;
/** The fastest level: it leaves a tenth of the bytes, and the best one a little less. */
const LEVEL = 1;
/** Far more than any publisher puts together, and little enough to be held. */
const MOST_INFLATED_BYTES = 16 << 20;

/** Bytes that a part takes in a bundle before it is deflated. */
export function bundledBytes(part: BundlePart): number {
  return PREFIX_BYTES + Buffer.byteLength(part.id) + part.data.length;
}

/** The headers of a message that carries so many events together. */
export function bundleHeaders(events: number): MsgHdrs {
  const fields = headers();
  fields.set(BUNDLE_HEADER, DEFLATED);
  fields.set(EVENTS_HEADER, String(events));
  return fields;
}

/** How many events a message carries, by its headers alone. */
export function readEventCount(fields: Pick<MsgHdrs, 'get'> | undefined): number {
  const layout = fields?.get(BUNDLE_HEADER);
  return layout === PLAIN || layout === DEFLATED ? Number(fields?.get(EVENTS_HEADER)) : 1;
}

/**
 * Several events as one message's bytes, in order: the length of what is deflated (uint32 LE), what is
 * deflated (RFC 1951), and the vectors of those events that have one. Deflated are, for each event: length
 * of its id (uint16 LE), length of its data without its vector (uint32 LE), length of its vector (uint32
 * LE), the id (UTF-8), the data without the vector. Events of a message are much alike; vectors are not,
 * and would take time for nothing.
 * @throws {RangeError} when an id is longer than 65,535 bytes
 */
export function encodeBundle(parts: readonly BundlePart[]): Uint8Array {
  const plain = Buffer.allocUnsafe(parts.reduce((sum, part) => sum + bundledBytes(part), 0));
  const vectors: Uint8Array[] = [];
  let position = 0;
  for (const { id, data } of parts) {
    const vectorAt = data.length - countVectorBytes(data);
    const idBytes = plain.write(id, position + PREFIX_BYTES, 'utf8');
    if (idBytes > MAX_ID_BYTES) throw new RangeError(`an id of ${idBytes} bytes`);
    plain.writeUInt16LE(idBytes, position);
    plain.writeUInt32LE(vectorAt, position + 2);
    plain.writeUInt32LE(data.length - vectorAt, position + 6);
    plain.set(data.subarray(0, vectorAt), position + PREFIX_BYTES + idBytes);
    position += PREFIX_BYTES + idBytes + vectorAt;
    if (vectorAt < data.length) vectors.push(data.subarray(vectorAt));
  }
  const deflated = deflateRawSync(plain.subarray(0, position), { level: LEVEL });
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  length.writeUInt32LE(deflated.length);
  return Buffer.concat([length, deflated, ...vectors]);
}

/**
 * The events that a message carries, in order; undefined for one that carries a single event, and
 * for bytes that are no bundle of a known layout: those are for the reader of events to refuse.
 */
export function openBundle(
  fields: Pick<MsgHdrs, 'get'> | undefined,
  data: Uint8Array,
): readonly BundlePart[] | undefined {
  const layout = fields?.get(BUNDLE_HEADER);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const parts =
    layout === DEFLATED
      ? openDeflated(bytes)
      : layout === PLAIN
        ? openParts(bytes, PLAIN_PREFIX_BYTES)
        : undefined;
  return parts?.length === 0 ? undefined : parts;
}

function openDeflated(bytes: Buffer): BundlePart[] | undefined {
  if (bytes.length < LENGTH_BYTES) return undefined;
  const vectorsAt = LENGTH_BYTES + bytes.readUInt32LE(0);
  if (vectorsAt > bytes.length) return undefined;
  const plain = inflate(bytes.subarray(LENGTH_BYTES, vectorsAt));
  return plain && openParts(plain, PREFIX_BYTES, bytes.subarray(vectorsAt));
}

function inflate(deflated: Uint8Array): Buffer | undefined {
  try {
    return inflateRawSync(deflated, { maxOutputLength: MOST_INFLATED_BYTES });
  } catch {
    return undefined;
  }
}

/** @param vectors behind one another, those that the parts are without */
function openParts(
  bytes: Buffer,
  prefixBytes: number,
  vectors: Buffer = Buffer.alloc(0),
): BundlePart[] | undefined {
  const parts: BundlePart[] = [];
  // One piece of memory for all events with a vector costs far less than one for each.
  const joined = vectors.length === 0 ? bytes : Buffer.allocUnsafe(bytes.length + vectors.length);
  let [position, vectorAt, joinedAt] = [0, 0, 0];
  while (position < bytes.length) {
    if (position + prefixBytes > bytes.length) return undefined;
    const idEnd = position + prefixBytes + bytes.readUInt16LE(position);
    const end = idEnd + bytes.readUInt32LE(position + 2);
    const vectorEnd =
      vectorAt + (prefixBytes === PREFIX_BYTES ? bytes.readUInt32LE(position + 6) : 0);
    if (end > bytes.length || vectorEnd > vectors.length) return undefined;
    let data = bytes.subarray(idEnd, end);
    if (vectorEnd > vectorAt) {
      data = joined.subarray(joinedAt, joinedAt + data.length + vectorEnd - vectorAt);
      joinedAt += bytes.copy(data, 0, idEnd, end);
      joinedAt += vectors.copy(joined, joinedAt, vectorAt, vectorEnd);
    }
    parts.push({ id: bytes.toString('utf8', position + prefixBytes, idEnd), data });
    [position, vectorAt] = [end, vectorEnd];
  }
  return vectorAt === vectors.length ? parts : undefined;
}
