import { randomBytes } from 'node:crypto';
import {
  areImageBytesServed,
  ensureBytesBucket,
  openImageBytesFetcher,
  serveImageBytes,
  type Bus,
} from '@cullstream/bus';
import { newRunId, PermanentError } from '@cullstream/contracts';
import { describeRefusal } from './operations.js';

const BUCKET_BYTES = 8 << 20;

/** Lends the bytes of an image, and fetches them twice. @returns what was seen of it */
export async function lendBytes(bus: Bus): Promise<unknown> {
  await ensureBytesBucket(bus);
  await ensureBytesBucket(bus, { maxBytes: BUCKET_BYTES });
  const run = newRunId(new Date(), randomBytes(4));
  const source = { kind: 'file', path: 'a.png', size: 1, modifiedMs: 0 } as const;
  const isServedBefore = await areImageBytesServed(bus, run);
  // More than one message carries.
  const lent = randomBytes(1_500_000);
  const server = await serveImageBytes(bus, {
    run,
    read: (asked) =>
      asked.kind === 'file' && asked.path === source.path
        ? Promise.resolve(lent)
        : Promise.reject(new PermanentError('file-missing', 'it is not there')),
  });
  const isServed = await areImageBytesServed(bus, run);
  const fetcher = await openImageBytesFetcher(bus, new AbortController().signal);
  const [first, second] = await Promise.all([
    fetcher.fetch(run, source),
    fetcher.fetch(run, source),
  ]);
  const refused = await describeRefusal(fetcher.fetch(run, { ...source, path: 'b.png' }));
  await server.stop();
  const { config, state } = await bus.manager.streams.info('OBJ_cull_bytes');
  return {
    isServedBefore,
    isServed,
    areTheSame: first.equals(lent) && second.equals(lent),
    refused,
    isServedAfter: await areImageBytesServed(bus, run),
    left: state.messages,
    kept: { bytes: config.max_bytes, age: config.max_age, discard: config.discard },
  };
}
