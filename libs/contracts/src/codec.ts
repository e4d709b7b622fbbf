import { endianness } from 'node:os';
import { z } from 'zod';
import { isEventType, getPublishCheck, getReadCheck, type EventType } from './event-checks.js';
import { EMBEDDING_LENGTH, type ImageEmbedded } from './events/image-embedded.js';
import type { ImageFailed } from './events/image-failed.js';
import type { ImageFound } from './events/image-found.js';
import type { ImagePredicted } from './events/image-predicted.js';
import type {
  ProjectCataloged,
  ProjectCompleted,
  ProjectFailed,
  ProjectProgressed,
} from './events/results.js';

export type ImageEvent = ImageFound | ImageEmbedded | ImageFailed | ImagePredicted;
export type ResultEvent = ProjectCataloged | ProjectFailed | ProjectProgressed | ProjectCompleted;
export type CullEvent = ImageEvent | ResultEvent;
export type { EventType };

/** The message is not an event of this contract. No retry can help: it becomes a dead letter. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
}

const OPENING_BRACE = 0x7b;
const FRAME_HEADER_BYTES = 8;
/** First four bytes of a frame with a vector: "CV" and the frame's version, little-endian. */
const FRAME_MAGIC = 0x00_01_56_43;
const VECTOR_BYTES = EMBEDDING_LENGTH * Float32Array.BYTES_PER_ELEMENT;
const isBigEndian = endianness() === 'BE';
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Encodes an event. Everything is JSON except a vector, which follows its JSON header as float32
 * little-endian: magic (4 bytes), length of the JSON (uint32 LE), JSON, vector (2,048 bytes).
 * @throws {MalformedEventError} on unknown keys or wrong values: events are published strictly.
 */
export function encodeEvent(event: CullEvent): Uint8Array {
  const { header, vector } = splitVector(event);
  const checked = getPublishCheck(event.type).safeParse(header);
  if (!checked.success) {
    throw new MalformedEventError(
      `refusing to publish ${event.type}: ${z.prettifyError(checked.error)}`,
    );
  }
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  return vector === undefined ? json : frame(json, vector);
}

function splitVector(event: CullEvent): { header: object; vector?: Float32Array } {
  if (event.type !== 'image.embedded') return { header: event };
  const { vector, ...header } = event;
  if (vector.length !== EMBEDDING_LENGTH) {
    throw new MalformedEventError(
      `refusing to publish image.embedded: vector of ${vector.length}, not ${EMBEDDING_LENGTH}`,
    );
  }
  return { header, vector };
}

function frame(json: Buffer, vector: Float32Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(FRAME_HEADER_BYTES + json.length + VECTOR_BYTES);
  bytes.writeUInt32LE(FRAME_MAGIC, 0);
  bytes.writeUInt32LE(json.length, 4);
  json.copy(bytes, FRAME_HEADER_BYTES);
  const values = bytes.subarray(FRAME_HEADER_BYTES + json.length);
  values.set(new Uint8Array(vector.buffer, vector.byteOffset, VECTOR_BYTES));
  if (isBigEndian) values.swap32();
  return bytes;
}

/** How many bytes at the end of an encoded event are its vector: 2,048, or 0 where it has none. */
export function countVectorBytes(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFrame =
    bytes.byteLength >= FRAME_HEADER_BYTES + VECTOR_BYTES &&
    view.getUint32(0, true) === FRAME_MAGIC;
  return isFrame ? VECTOR_BYTES : 0;
}

/**
 * Decodes the event in a message. Unknown keys are dropped, so that newer publishers can be read.
 * @throws {MalformedEventError} when it is no event of this contract.
 */
export function decodeEvent(bytes: Uint8Array): CullEvent {
  const { json, vector } = unframe(bytes);
  const raw = parseJson(json);
  const type = typeof raw === 'object' && raw !== null && 'type' in raw ? raw.type : undefined;
  if (!isEventType(type)) {
    throw new MalformedEventError(`not an event of this contract: type ${JSON.stringify(type)}`);
  }
  const parsed = getReadCheck(type).safeParse(raw);
  if (!parsed.success) {
    throw new MalformedEventError(`malformed ${type}: ${z.prettifyError(parsed.error)}`);
  }
  const event = parsed.data;
  if (event.type !== 'image.embedded') return event;
  if (vector === undefined) throw new MalformedEventError('image.embedded without its vector');
  return Object.assign(event, { vector });
}

/**
 * The event in a message, or undefined for a message that becomes a dead letter: no known event.
 */
export function tryDecodeEvent(bytes: Uint8Array): CullEvent | undefined {
  return unlessMalformed(() => decodeEvent(bytes));
}

/** The decoded event, or undefined where decoding throws a {@link MalformedEventError}. */
export function unlessMalformed(decode: () => CullEvent): CullEvent | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof MalformedEventError) return undefined;
    throw error;
  }
}

function unframe(bytes: Uint8Array): { json: Uint8Array; vector?: Float32Array } {
  if (bytes[0] === OPENING_BRACE) return { json: bytes };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < FRAME_HEADER_BYTES || view.getUint32(0, true) !== FRAME_MAGIC) {
    throw new MalformedEventError('neither JSON nor a vector frame of a known version');
  }
  const end = FRAME_HEADER_BYTES + view.getUint32(4, true);
  if (bytes.byteLength !== end + VECTOR_BYTES) {
    throw new MalformedEventError(
      `vector frame of ${bytes.byteLength} bytes, not ${end + VECTOR_BYTES}`,
    );
  }
  // The payload's offset is rarely a multiple of four, so it is copied.
  const values = new Uint8Array(VECTOR_BYTES);
  values.set(bytes.subarray(end));
  if (isBigEndian) Buffer.from(values.buffer).swap32();
  const vector = new Float32Array(values.buffer);
  return { json: bytes.subarray(FRAME_HEADER_BYTES, end), vector };
}

function parseJson(json: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(json));
  } catch (cause) {
    throw new MalformedEventError('the message is not JSON', { cause });
  }
}

/**
 * The message id of an event: equal for every publication of the same fact, so that JetStream drops
 * repeats within its window. The run is part of it, because after a purge the window still contains
 * old ids.
 * @param causeId id of the message that led to this event. The mark of a retry is copied from it,
 * so that the results of a retry are not dropped as repeats of the first attempt
 */
export function toMessageId(event: ImageEvent, causeId?: string): string {
  const stage = event.type === 'image.failed' ? `image.failed.${event.stage}` : event.type;
  const mark = /\/retry-[0-9a-f]+$/.exec(causeId ?? '')?.[0] ?? '';
  return `${event.run}/${event.project.name}/${event.sequence}/${stage}${mark}`;
}

/** Marks a message id as that of another attempt. @param attempt lower-case hex */
export function toRetryId(id: string, attempt: string): string {
  return `${id}/retry-${attempt}`;
}
