import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ensureBytesBucket,
  areImageBytesServed,
  serveImageBytes,
  openImageBytesFetcher,
  type Bus,
  type ImageBytesServer,
} from '@cullstream/bus';
import { PermanentError, TransientError, type ImageSource } from '@cullstream/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { newRun, SOON } from './broker-fixture.js';
import { startGuardedBroker, type GuardedBroker } from './guarded-broker.js';

const BUCKET_BYTES = 4_000_000;
const never = new AbortController().signal;

let folder: string;
let broker: GuardedBroker;
let provisioner: Bus;
let extractor: Bus;
let embedder: Bus;
const lendings: ImageBytesServer[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cull-bytes-'));
  broker = await startGuardedBroker(folder);
  provisioner = await broker.connect('provisioner');
  await ensureBytesBucket(provisioner, { maxBytes: BUCKET_BYTES });
  extractor = await broker.connect('extractor');
  embedder = await broker.connect('embedder');
});

afterEach(async () => {
  await Promise.all(lendings.splice(0).map((lending) => lending.stop()));
});

afterAll(async () => {
  await broker.stop();
  await rm(folder, { recursive: true, force: true });
});

function toFileSource(size: number): ImageSource {
  return { kind: 'file', path: `image-${size}.png`, size, modifiedMs: 0 };
}

/** The number of bytes that the source states, with varying values. */
function toBytes({ size }: Pick<ImageSource, 'size'>): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => index % 251));
}

async function lend(
  run: string,
  read: (source: ImageSource) => Promise<Uint8Array> = (source) => Promise.resolve(toBytes(source)),
): Promise<void> {
  lendings.push(await serveImageBytes(extractor, { run, read }));
}

async function bucketBytes(): Promise<number> {
  const { state } = await provisioner.manager.streams.info('OBJ_cull_bytes');
  return state.bytes;
}

describe('bytes that are lent, each user with no more rights than its own', () => {
  it('arrive as they are, in one chunk or several, and leave nothing in the bucket', async () => {
    const run = newRun();
    await lend(run);
    const fetcher = await openImageBytesFetcher(embedder, never);
    for (const size of [1, 300_000, 1_500_001]) {
      const source = toFileSource(size);
      const bytes = await fetcher.fetch(run, source);
      expect(Buffer.compare(bytes, toBytes(source))).toBe(0);
    }
    expect(await bucketBytes()).toBe(0);
  });

  it('wait for room when the bucket is full, and all arrive', async () => {
    const run = newRun();
    let mostBytes = 0;
    await lend(run, async (source) => {
      mostBytes = Math.max(mostBytes, await bucketBytes());
      return toBytes(source);
    });
    const fetcher = await openImageBytesFetcher(embedder, never);
    const sources = Array.from({ length: 8 }, () => toFileSource(1_500_000));
    const all = await Promise.all(sources.map((source) => fetcher.fetch(run, source)));
    expect(all.map(({ length }) => length)).toEqual(sources.map(({ size }) => size));
    expect(mostBytes).toBeLessThanOrEqual(BUCKET_BYTES);
    expect(await bucketBytes()).toBe(0);
  });

  it('are refused when the image is given up, with the reason that reading it gave', async () => {
    const run = newRun();
    await lend(run, () => Promise.reject(new PermanentError('crc-mismatch', 'a.png: damaged')));
    const fetcher = await openImageBytesFetcher(embedder, never);
    await expect(fetcher.fetch(run, toFileSource(5))).rejects.toThrow(
      expect.objectContaining({ reason: 'crc-mismatch', message: 'a.png: damaged' }) as Error,
    );
  });

  it('are refused when the bucket could never hold them', async () => {
    const run = newRun();
    await lend(run);
    const fetcher = await openImageBytesFetcher(embedder, never);
    const refused = fetcher.fetch(run, toFileSource(BUCKET_BYTES + 1));
    await expect(refused).rejects.toThrow('embed it on a host that has the originals');
  });

  it('are asked for again until somebody lends, and a passing fault has passed', async () => {
    const run = newRun();
    expect(await areImageBytesServed(embedder, run)).toBe(false);
    const fetcher = await openImageBytesFetcher(embedder, never);
    const borrowed = fetcher.fetch(run, toFileSource(7));
    let reads = 0;
    await lend(run, (source) => {
      reads += 1;
      return reads === 1
        ? Promise.reject(new Error('the disk is away'))
        : Promise.resolve(toBytes(source));
    });
    expect(await areImageBytesServed(embedder, run)).toBe(true);
    expect(await borrowed).toHaveLength(7);
    expect(reads).toBe(2);
  });

  it('are no longer waited for by an embedder that leaves', async () => {
    const leaving = new AbortController();
    const fetcher = await openImageBytesFetcher(embedder, leaving.signal);
    const borrowed = fetcher.fetch(newRun(), toFileSource(7));
    leaving.abort();
    await expect(borrowed).rejects.toThrow(TransientError);
  });

  it('cannot be changed by an embedder, nor answered by one', async () => {
    for (const subject of ['$O.cull_bytes.C.x', '$O.cull_bytes.M.x', '_INBOX_writer.x.1']) {
      await expect(embedder.connection.request(subject, 'forged')).rejects.toThrow(/ermission/);
    }
    const writer = await broker.connect('writer');
    await expect(areImageBytesServed(writer, newRun())).rejects.toThrow(/ermission/);
  });

  it('have a bucket whose size may be changed', async () => {
    await ensureBytesBucket(provisioner, { maxBytes: 2 * BUCKET_BYTES });
    await vi.waitFor(async () => {
      const { config } = await provisioner.manager.streams.info('OBJ_cull_bytes');
      expect(config.max_bytes).toBe(2 * BUCKET_BYTES);
    }, SOON);
  });
});
