// Run after a build: npm run bench:vectors -w @cullstream/cache [-- --drop-caches]
import console from 'node:console';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { execFileSync } from 'node:child_process';
import { program } from '@commander-js/extra-typings';
import { inspectEmbeddingCache, openEmbeddingCache } from '../dist/index.js';
import { log, recipe, toRequest, toSha256 } from './example-images.js';

const VECTORS = 50_000;
const ROUNDS = 3;
const { dropCaches } = program
  .name('npm run bench:vectors -w @cullstream/cache --')
  .description(
    'Microseconds a vector takes to be read: from its file, the first time (which copies it), and from the packed copy.',
  )
  .option('--drop-caches', "empty the system's page cache before each pass (Linux, as root)")
  .parse()
  .opts();
const digests = Array.from({ length: VECTORS }, (_, number) => toSha256(number));
const dataDir = mkdtempSync(join(tmpdir(), 'cullstream-bench-vectors-'));

async function timed(cache) {
  if (dropCaches) {
    execFileSync('sync');
    writeFileSync('/proc/sys/vm/drop_caches', '3');
  }
  const start = performance.now();
  for (const sha256 of digests) {
    if ((await cache.readVector(sha256)) === undefined) throw new Error(`${sha256} is missing`);
  }
  return ((performance.now() - start) * 1_000) / VECTORS;
}

try {
  await fill(await openEmbeddingCache({ dataDir, recipe, log }));
  await delay(2_500);
  const [files, packed, copying] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    files.push(await timed(inspectEmbeddingCache({ dataDir, recipe, log })));
    packed.push(await timed(inspectEmbeddingCache({ dataDir, recipe, vectorsFrom: 'pack', log })));
    rmSync(join(dataDir, 'ai_data/cache', `vectors-${recipe.id}.pack`));
    copying.push(await timed(await openEmbeddingCache({ dataDir, recipe, log })));
  }
  console.table({ files: row(files), packed: row(packed), 'files, copying them': row(copying) });
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

async function fill(cache) {
  for (let number = 0; number < VECTORS; number++) await cache.store(toRequest(number));
}

function row(samples) {
  const sorted = samples.toSorted((a, b) => a - b).map((value) => value.toFixed(1));
  return { median: sorted[ROUNDS >> 1], least: sorted[0], most: sorted.at(-1) };
}
