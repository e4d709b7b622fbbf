import { createHash, randomUUID } from 'node:crypto';
import { TransientError } from '@cullstream/contracts';
import { jetstream } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import {
  Objm,
  setSha256Backend,
  StorageType,
  type ObjectInfo,
  type ObjectStore,
} from '@nats-io/obj';
import type { Bus } from '../connection/bus.js';
import { maxMessageBytes } from '../publish/payload-limits.js';
import { unlessMissing } from '../topology/api-errors.js';
import { hasOtherSettings } from '../topology/has-other-settings.js';

/** The bucket of images' bytes, on their way to embedders without the originals. */
export const BYTES_BUCKET = 'cull_bytes';
/** The stream that a server keeps the bucket in. */
export const BYTES_STREAM = `OBJ_${BYTES_BUCKET}`;

/** Twice the largest image that is read: whatever is in the bucket, the next one fits in the end. */
const MAX_BYTES = 1024 * 1024 * 1024;
/** What nobody fetched is gone after this long: its embedder was killed, and another asks anew. */
const KEPT_MS = 10 * 60_000;
/** A direct get answers with a whole chunk: below the largest payload of a server. */
const MAX_CHUNK_BYTES = 512 * 1024;

export interface BytesBucketOptions {
  readonly maxBytes?: number | undefined;
}

/**
 * Makes the bucket, or brings it up to date.
 * @throws {Error} when the server refuses, where its disk has no room for the bucket, say
 */
export async function ensureBytesBucket(
  bus: Bus,
  { maxBytes = MAX_BYTES }: BytesBucketOptions = {},
): Promise<void> {
  const limits = { max_bytes: maxBytes, max_age: nanos(KEPT_MS) };
  const found = await unlessMissing(bus.manager.streams.info(BYTES_STREAM));
  if (found === undefined) {
    await manager(bus).create(BYTES_BUCKET, {
      max_bytes: maxBytes,
      ttl: nanos(KEPT_MS),
      storage: StorageType.File,
    });
  } else if (hasOtherSettings(limits, found.config)) {
    await bus.manager.streams.update(BYTES_STREAM, { ...found.config, ...limits });
  }
}

/** Opens the bucket without checking that it exists: not every user may check. */
export function openBytesBucket(bus: Bus): Promise<ObjectStore> {
  return manager(bus).open(BYTES_BUCKET, false);
}

/** Bytes that may be put into the bucket now. */
export async function freeBytes(bus: Bus): Promise<{ free: number; most: number }> {
  const { config, state } = await bus.manager.streams.info(BYTES_STREAM);
  return { free: config.max_bytes - state.bytes, most: config.max_bytes };
}

/** @returns the name of the new object */
export async function storeBytes(
  bus: Bus,
  bucket: ObjectStore,
  bytes: Uint8Array,
): Promise<string> {
  const name = randomUUID();
  const max_chunk_size = Math.min(MAX_CHUNK_BYTES, maxMessageBytes(bus));
  await bucket.putBlob({ name, options: { max_chunk_size } }, bytes);
  return name;
}

/**
 * Reads an object chunk by chunk, which takes no consumer and so no right to make one.
 * @throws {TransientError} when it is not there any more, or not whole
 */
export async function fetchStoredBytes(
  bus: Bus,
  bucket: ObjectStore,
  name: string,
): Promise<Buffer> {
  const info = await bucket.info(name);
  if (info === null) throw new TransientError(`object ${name} is not in the bucket any more`);
  const chunks: Uint8Array[] = [];
  let sequence = 0;
  for (let index = 0; index < info.chunks; index++) {
    const query = { seq: sequence + 1, next_by_subj: chunkSubject(info) };
    const chunk = await bus.manager.direct.getMessage(BYTES_STREAM, query);
    if (chunk === null) throw new TransientError(`object ${name} is not whole any more`);
    sequence = chunk.seq;
    chunks.push(chunk.data);
  }
  const bytes = Buffer.concat(chunks);
  const digest = createHash('sha256').update(bytes).digest('base64url');
  if (info.digest.replaceAll('=', '') !== `SHA-256${digest}`) {
    throw new TransientError(`object ${name} is not what was put into the bucket`);
  }
  return bytes;
}

/** Purges the object: the object store itself would leave a marker of the deletion. */
export async function deleteBytes(bus: Bus, bucket: ObjectStore, name: string): Promise<void> {
  const info = await bucket.info(name);
  if (info === null) return;
  const { streams } = bus.manager;
  await streams.purge(BYTES_STREAM, { filter: chunkSubject(info) });
  const key = Buffer.from(name, 'utf8').toString('base64url');
  await streams.purge(BYTES_STREAM, { filter: `$O.${BYTES_BUCKET}.M.${padded(key)}` });
}

function chunkSubject({ nuid }: ObjectInfo): string {
  return `$O.${BYTES_BUCKET}.C.${nuid}`;
}

/** The store's names in subjects are base64 with its padding. */
function padded(key: string): string {
  return key.padEnd(Math.ceil(key.length / 4) * 4, '=');
}

function manager({ connection }: Bus): Objm {
  // The client's own SHA-256 is JavaScript, which takes most of the time of a put.
  setSha256Backend('native');
  // Does not ask for the account's facts: not every user may.
  return new Objm(jetstream(connection, { checkAPI: false }));
}
