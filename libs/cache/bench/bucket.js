// Run after a build: npm run bench:bucket -w @cullstream/cache [-- --images 100000]
import console from 'node:console';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { program } from '@commander-js/extra-typings';
import { toCount } from '@cullstream/testing/option-values';
import { startS3Server } from '@cullstream/testing/s3-server';
import { openSharedCache } from '../dist/index.js';
import { log, recipe, toRequest, toSha256 } from './example-images.js';

const { images } = program
  .name('npm run bench:bucket -w @cullstream/cache --')
  .description(
    'What the vectors of other machines cost that lie in a bucket: opening the cache for the first time and later, ' +
      'and reading them, in the order in which they were stored and in none. The storage is a server in the same ' +
      'process, so its time is in all figures.',
  )
  .option('--images <number>', 'how many', toCount, 20_000)
  .parse()
  .opts();
const MOST_SCATTERED = 500;
const server = await startS3Server();
Object.assign(process.env, server.environment);
const folder = mkdtempSync(join(tmpdir(), 'cullstream-bench-bucket-'));
const open = (machine) =>
  openSharedCache({
    dataDir: join(folder, `data-${machine}`),
    cacheDir: join(folder, `cache-${machine}`),
    vectors: `s3://${server.bucket}/vectors`,
    recipe,
    log,
  });
const seconds = async (work) => {
  const startedAt = performance.now();
  const result = await work();
  return [(performance.now() - startedAt) / 1_000, result];
};

try {
  const writer = await open('writer');
  const [storing] = await seconds(async () => {
    for (let number = 0; number < images; number++) await writer.cache.store(toRequest(number));
  });
  const [putting] = await seconds(() => writer.close());
  const [first, reader] = await seconds(() => open('reader'));
  server.fail([]);
  const [inOrder] = await seconds(() => readAll(reader.cache, images, (number) => number));
  const requests = server.requests.length;
  const scattered = Math.min(MOST_SCATTERED, images);
  const [inNone] = await seconds(() =>
    readAll(reader.cache, scattered, (number) => (number * 7_919) % images),
  );
  await reader.close();
  const [later, again] = await seconds(() => open('reader'));
  await again.close();
  console.table({
    'storing, µs a vector': (storing * 1e6) / images,
    'putting what is left at the end, s': putting,
    'opening for the first time, s': first,
    'opening later, s': later,
    'reading in order, µs a vector': (inOrder * 1e6) / images,
    'requests for that': requests,
    'reading in no order, µs a vector': (inNone * 1e6) / scattered,
  });
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}

async function readAll(cache, count, toNumber) {
  for (let index = 0; index < count; index++) {
    const sha256 = toSha256(toNumber(index));
    if ((await cache.readVector(sha256)) === undefined) throw new Error(`${sha256} is missing`);
  }
}
