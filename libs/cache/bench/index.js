// How long a start of the cache takes, and a look-up, and how much memory and room an image takes, with many
// images that were never embedded. Run after a build:
// npm run bench:index -w @cullstream/cache [-- --images 2000000] [-- --vectors files]
// `files` makes lines only, and no .npy file.
import { Buffer } from 'node:buffer';
import console from 'node:console';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { crc32 } from 'node:zlib';
import { inspectEmbeddingCache, openEmbeddingCache } from '../dist/index.js';
import { encodeIndexLine } from '../dist/index-line.js';
import { log, recipe, toSha256 } from './example-images.js';

const { values: options } = parseArgs({
  options: {
    images: { type: 'string', default: '50000' },
    vectors: { type: 'string', default: 'packed' },
    measure: { type: 'string' },
    lines: { type: 'boolean', default: false },
  },
});
const images = Number(options.images);
const LOOKUPS = Math.min(200_000, images);
const SEGMENTS = 4;
const toAlias = (number) => ({
  project: `project-${number % 50}`,
  entry: `2025/07/20250703_${number}_stage1_generated.png`,
  size: 1_000_000 + number,
  crc32: number,
});

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
  const given = ['--measure', dataDir, '--images', options.images, '--vectors', options.vectors];
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
  const name = `${dataDir.split('/').at(-1)}/ai_data/embeddings`;
  const folder = isPacked
    ? join(dataDir, 'ai_data/embeddings/packed', recipe.id)
    : join(dataDir, 'ai_data/cache');
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (let segment = 0; segment < SEGMENTS; segment++) {
    const base = isPacked ? `2026010${segment}T000000000Z-1-aaaaaaaa` : 'processed_images';
    const log = openSync(join(folder, `${base}.jsonl`), 'a');
    const rows = isPacked ? openSync(join(folder, `${base}.f32`), 'w') : undefined;
    const [first, end] = [segment, segment + 1].map((at) => Math.floor((at * images) / SEGMENTS));
    let lines = '';
    let vectors = [];
    for (let number = first; number < end; number++) {
      const sha256 = toSha256(number);
      const vector = Buffer.from(new Float32Array(512).fill(number).buffer);
      lines += encodeIndexLine({
        alias: toAlias(number),
        sha256,
        recipeId: recipe.id,
        widthPx: 2_048,
        heightPx: 2_048,
        run: '20260131T094500Z-k3x9',
        origin: 'computed',
        embeddingFile: isPacked
          ? `${name}/packed/${recipe.id}/${base}.f32`
          : `${name}/${sha256.slice(0, 16)}.npy`,
        ...(isPacked && { vectorRow: number - first }),
        vectorCrc32: crc32(vector),
      });
      if (isPacked) vectors.push(vector);
      if (number % 4_096 === 0 || number === end - 1) {
        bytes += writeSync(log, lines);
        if (rows !== undefined) bytes += writeSync(rows, Buffer.concat(vectors));
        [lines, vectors] = ['', []];
      }
    }
    closeSync(log);
    if (rows !== undefined) closeSync(rows);
  }
  return bytes;
}
