import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startS3Server, type S3Server } from '@cullstream/testing/s3-server';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import {
  inspectSharedCache,
  openSharedCache,
  type SharedCache,
} from '../src/bucket/shared-cache.js';
import type { StoreRequest } from '../src/cache-types.js';
import { recipe } from '../src/testing/cache-folder.js';

/** So long that nothing happens in the background. */
export const NEVER_MS = 2 ** 31 - 1;

/**
 * A new place in a bucket for each test. Each time the cache is opened, it is in another data folder, as on
 * another machine, and all that was stored before is in the bucket.
 */
export function useCacheBucket() {
  const warnings: string[] = [];
  const log = { warn: (_fields: object, message: string) => warnings.push(message) };
  let opened: SharedCache[] = [];
  let machines = 0;
  let server: S3Server;
  const bucket = {
    ...{ folder: '', warnings, prefix: '' },
    server: () => server,
    /** @param machine the same one has the same data folder */
    async openShared(machine = machines++, with_ = recipe, everyMs = 20) {
      const pace = { lookEveryMs: everyMs, syncEveryMs: everyMs };
      const shared = await openSharedCache(toOptions(machine, with_), pace);
      opened.push(shared);
      return shared;
    },
    async open(with_ = recipe) {
      await Promise.all(opened.map((shared) => shared.put()));
      return (await bucket.openShared(undefined, with_)).cache;
    },
    inspect: (machine = machines++) => inspectSharedCache(toOptions(machine)),
    toOptions: (machine: number) => toOptions(machine),
    /** A cache of a process that is killed before it puts anything. */
    async storeAndDie(machine: number, request: StoreRequest) {
      const { cache } = await bucket.openShared(machine, recipe, NEVER_MS);
      opened.pop();
      await cache.store(request);
    },
    toDataDir: (machine: number) => join(bucket.folder, `data-${machine}`),
  };
  const toOptions = (machine: number, with_ = recipe) => ({
    dataDir: bucket.toDataDir(machine),
    cacheDir: join(bucket.folder, `cache-${machine}`),
    recipe: with_,
    vectors: `s3://${server.bucket}/${bucket.prefix}`,
    log,
  });
  beforeAll(async () => {
    server = await startS3Server({ pageKeys: 3 });
    for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });
  beforeEach(() => {
    bucket.folder = mkdtempSync(join(tmpdir(), 'cullstream-bucket-'));
    bucket.prefix = `vectors/${String(Math.random()).slice(2)}`;
    warnings.length = 0;
    machines = 0;
  });
  afterEach(async () => {
    await Promise.all(opened.map((shared) => shared.close()));
    opened = [];
    rmSync(bucket.folder, { recursive: true, force: true });
  });
  return bucket;
}
