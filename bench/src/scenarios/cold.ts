import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { decodeNpy } from '@cullstream/cache';
import { makePictureArchive } from '../corpus/picture-archive.js';
import { makeBenchModels, type BenchModels } from '../contenders/bench-models.js';
import { runCommand } from '../contenders/cullstream-command.js';
import { fromBase64, type LoopResult } from '../contenders/loop.js';
import { runChild } from '../contenders/run-child.js';
import { ratioOf, spreadOf } from '../measure/statistics.js';
import { steadyRate } from '../measure/steady-rate.js';
import type { Bench, Measurement } from './measurement.js';

/** Images before counting begins: two batches a worker. */
const FILL = 32;
const BATCH = 8;
/** Cosine to the exact vectors that another library's own preprocessing must reach. */
const ALIKE = 0.99;

/**
 * A run in which nothing is cached, against a bare loop of the same engine, and both against
 * transformers.js with the same weights on the same files, at its best batch.
 */
export async function coldRuns(bench: Bench): Promise<Measurement[]> {
  const originals = await makePictureArchive(bench.corpus, bench.pictures);
  const models = await makeBenchModels(bench.corpus);
  const workers = availableParallelism();
  const options = {
    originals,
    workers,
    batch: BATCH,
    model: models.embedder,
    cache: join(bench.corpus, 'cache'),
  };
  const plain = { ...options, model: models.plain };
  const batches = [1, 4, 8, 16];
  const first = await Promise.all([runChild('bare-loop', options)]);
  const run: number[] = [];
  const bare: number[] = [];
  const peaks: number[] = [];
  const other = new Map<number, number[]>(batches.map((batch) => [batch, []]));
  for (let round = 0; round < bench.rounds; round++) {
    const loop = await runChild('bare-loop', options);
    checkSame('the bare loop', loop, first[0]);
    bare.push(steadyRate(loop.finishedMs, FILL));
    const command = await coldCommand(bench, originals, models);
    run.push(steadyRate(command.finishedMs, FILL));
    peaks.push(command.embedderMb);
    checkVectors(command.vectors, first[0]);
    for (const batch of batches) {
      const result = await runChild('transformers-loop', { ...plain, batch });
      checkAlike(result, loop);
      other.get(batch)?.push(steadyRate(result.finishedMs, FILL));
    }
    bench.note(
      `cold, round ${round + 1}: run ${run.at(-1)?.toFixed(1)}, bare loop ${bare.at(-1)?.toFixed(1)} images/s`,
    );
  }
  const best = [...other.values()].reduce((a, b) =>
    spreadOf(b).median > spreadOf(a).median ? b : a,
  );
  return [
    { name: 'cold_images_per_second', unit: 'images/s', spread: spreadOf(run) },
    { name: 'bare_loop_images_per_second', unit: 'images/s', spread: spreadOf(bare) },
    ...batches.map((batch): Measurement => ({
      name: `transformers_js_batch_${batch}`,
      unit: 'images/s',
      spread: spreadOf(other.get(batch) ?? []),
    })),
    {
      name: 'cold_vs_bare_loop',
      unit: 'ratio',
      spread: ratioOf(run, bare),
      target: { least: 0.92 },
    },
    {
      name: 'bare_loop_vs_transformers_js',
      unit: 'ratio',
      spread: ratioOf(bare, best),
      target: { least: 1.6 },
    },
    {
      name: 'cold_vs_transformers_js',
      unit: 'ratio',
      spread: ratioOf(run, best),
      target: { least: 1.5 },
    },
    { name: 'embedder_peak_pss', unit: 'MB', spread: spreadOf(peaks), target: { most: 1_200 } },
  ];
}

async function coldCommand({ scratch, corpus }: Bench, originals: string, models: BenchModels) {
  const data = join(scratch, 'cold');
  rmSync(data, { recursive: true, force: true });
  const { embedder, ranker, crop } = models;
  const args = ['run', '--originals', originals, '--data', data, '--cache', join(corpus, 'cache')];
  const { processes } = await runCommand([
    ...args,
    ...['--embedder', embedder, '--ranker', ranker, '--crop', crop],
  ]);
  const folder = join(data, 'ai_data', 'embeddings');
  const files = readdirSync(folder).filter((name) => name.endsWith('.npy'));
  const vectors = files.map((name) => decodeNpy(readFileSync(join(folder, name))));
  // A vector is stored as soon as it is there.
  const finishedMs = files.map((name) => statSync(join(folder, name)).mtimeMs);
  const peak = Math.max(
    ...processes
      .filter(({ name }) => name === 'embedder')
      .map(({ peakProportionalBytes }) => peakProportionalBytes),
  );
  return { finishedMs, vectors, embedderMb: peak / 1e6 };
}

function checkSame(who: string, result: LoopResult, expected: LoopResult | undefined): void {
  for (const [name, vector] of Object.entries(expected?.vectors ?? {})) {
    if (result.vectors[name] !== vector) throw new Error(`${who} disagrees on ${name}`);
  }
}

/** The same vectors, bit for bit, whatever their order. */
function checkVectors(vectors: readonly Float32Array[], expected: LoopResult | undefined): void {
  const known = new Set(Object.values(expected?.vectors ?? {}));
  const found = new Set(vectors.map((vector) => Buffer.from(vector.buffer).toString('base64')));
  if (known.size !== found.size || [...known].some((vector) => !found.has(vector))) {
    throw new Error('the run stored other vectors than the bare loop computed');
  }
}

/** Another decoder and resampler: not the same bits, yet the same picture. */
function checkAlike(result: LoopResult, expected: LoopResult): void {
  for (const [name, text] of Object.entries(expected.vectors)) {
    const cosine = cosineOf(fromBase64(text), fromBase64(result.vectors[name] ?? ''));
    if (!(cosine > ALIKE)) throw new Error(`${name}: cosine ${cosine} to transformers.js`);
  }
}

function cosineOf(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? NaN;
    dot += value * other;
    aa += value * value;
    bb += other * other;
  }
  return dot / Math.sqrt(aa * bb);
}
