// Run after a build: npm run bench:index -w @cullstream/cache [-- --images 2000000]
import console from 'node:console';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { Option, program } from '@commander-js/extra-typings';
import { toCount } from '@cullstream/testing/option-values';
import { inspectEmbeddingCache, openEmbeddingCache } from '../dist/index.js';
import { encodeIndexLine } from '../dist/index-line.js';
import { PackedSegment } from '../dist/testing/packed-segment.js';
import { log, recipe, toAlias, toRequest, toSha256 } from './example-images.js';

const options = program
  .name('npm run bench:index -w @cullstream/cache --')
  .description(
    'How long a start of the cache takes, and a look-up, and how much memory and room an image takes, with many images ' +
      'that were never embedded.',
  )
  .option('--images <number>', 'how many', toCount, 50_000)
  .addOption(
    new Option('--vectors <form>', 'of files, only the lines are made, and no .npy file')
      .choices(['packed', 'files'])
      .default('packed'),
  )
  .addOption(new Option('--measure <folder>').hideHelp())
  .addOption(new Option('--lines').hideHelp())
  .parse()
  .opts();
const { images } = options;
const LINES_A_WRITE = 4_096;
const LOOKUPS = Math.min(200_000, images);
const SEGMENTS = 4;
/** Lines of .npy files that do not exist. */
class LinesOnly {
  #lines = [];
  #file;

  constructor(dataDir) {
    const folder = join(dataDir, 'ai_data/cache');
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, 'processed_images.jsonl');
  }

  add({ vector, ...image }) {
    const embeddingFile = `data/ai_data/embeddings/${image.sha256.slice(0, 16)}.npy`;
    const vectorCrc32 = crc32(new Uint8Array(vector.buffer));
    this.#lines.push(
      encodeIndexLine({ ...image, recipeId: recipe.id, embeddingFile, vectorCrc32 }),
    );
    if (this.#lines.length === LINES_A_WRITE) this.close();
  }

  close() {
    appendFileSync(this.#file, this.#lines.join(''));
    this.#lines = [];
  }
}

if (options.measure === undefined) await compare();
else console.log(JSON.stringify(await measure(options.measure)));

async function compare() {
  const dataDir = mkdtempSync(join(tmpdir(), 'cullstream-bench-index-'));
  try {
    // It claims the folder.
    await openEmbeddingCache({ dataDir, recipe, vectors: options.vectors, log });
    const bytes = fill(dataDir);
    const rows = { 'all lines read': inOtherProcess(dataDir, true) };
    const startedAt = performance.now();
    await openEmbeddingCache({ dataDir, recipe, vectors: options.vectors, log });
    const making = (performance.now() - startedAt) / 1_000;
    rows['with the table'] = inOtherProcess(dataDir, false);
    console.table(rows);
    const folder = join(dataDir, 'ai_data/cache');
    const table = readdirSync(folder).find((name) => name.endsWith('.table'));
    const written =
      table === undefined
        ? 'so few lines have no table'
        : `the table was made in ${making.toFixed(1)} s and has ` +
          `${(statSync(join(folder, table)).size / images).toFixed(0)} bytes an image`;
    console.log(`${images} images, ${(bytes / images).toFixed(0)} bytes each; ${written}`);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function inOtherProcess(dataDir, isOfLines) {
  const script = fileURLToPath(import.meta.url);
  const given = ['--measure', dataDir, '--images', `${images}`, '--vectors', options.vectors];
  const output = execFileSync(
    process.execPath,
    ['--expose-gc', script, ...given, ...(isOfLines ? ['--lines'] : [])],
    { encoding: 'utf8' },
  );
  return JSON.parse(output);
}

async function measure(dataDir) {
  const [before, startedAt] = [process.memoryUsage().rss, performance.now()];
  const usedAtFirst = process.cpuUsage();
  const indexFrom = options.lines ? 'lines' : 'table';
  const cache = inspectEmbeddingCache({ dataDir, recipe, vectorsFrom: 'pack', indexFrom, log });
  const startMs = performance.now() - startedAt;
  const startCpuMs = toMicros(process.cpuUsage(usedAtFirst)) / 1_000;
  const numbers = Array.from({ length: LOOKUPS }, (_value, at) => (at * 7_919 * 13) % images);
  const digests = numbers.map(toSha256);
  const aliasUs = await timed(numbers, (number) => cache.findAlias(toAlias(number)));
  const contentUs = await timed(digests, (sha256) => cache.findContent(sha256));
  const vectorUs =
    options.vectors === 'packed' ? await timed(digests, (each) => cache.readVector(each)) : NaN;
  const missUs = await timed(numbers, (number) => cache.findAlias(toAlias(-1 - number)) ?? true);
  globalThis.gc();
  const memoryMb = (process.memoryUsage().rss - before) / 1e6;
  const round = (value) => Math.round(value * 10) / 10;
  return {
    'start ms': round(startMs),
    'of the processor': round(startCpuMs),
    'image µs': round(aliasUs),
    'content µs': round(contentUs),
    'vector µs': round(vectorUs),
    'miss µs': round(missUs),
    'memory MB': round(memoryMb),
  };
}

/** Microseconds of the processor, which other programs on the machine change little. */
async function timed(keys, find) {
  const before = process.cpuUsage();
  for (const key of keys) if ((await find(key)) === undefined) throw new Error(`${key} is missing`);
  return toMicros(process.cpuUsage(before)) / keys.length;
}

function toMicros({ user, system }) {
  return user + system;
}

/** Writes the files as several processes would have. Returns their bytes. */
function fill(dataDir) {
  const isPacked = options.vectors === 'packed';
  for (let segment = 0; segment < SEGMENTS; segment++) {
    const [first, end] = [segment, segment + 1].map((at) => Math.floor((at * images) / SEGMENTS));
    const name = `2026010${segment}T000000000Z-1-aaaaaaaa`;
    const store = isPacked ? new PackedSegment(dataDir, recipe.id, name) : new LinesOnly(dataDir);
    for (let number = first; number < end; number++) store.add(toRequest(number));
    store.close();
  }
  const folder = join(
    dataDir,
    isPacked ? `ai_data/embeddings/packed/${recipe.id}` : 'ai_data/cache',
  );
  const files = readdirSync(folder).filter((name) => /\.(?:jsonl|f32)$/.test(name));
  return files.reduce((bytes, name) => bytes + statSync(join(folder, name)).size, 0);
}
