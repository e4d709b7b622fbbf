import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeDemoModels, type DemoModels } from '@cullstream/inference';
import { coldRun } from '../contenders/cold-run.js';
import { onCores } from '../contenders/cullstream-command.js';
import type { DecodeLoopOptions, DecodeLoopResult } from '../contenders/decode-loop.js';
import { makePictureArchive } from '../corpus/picture-archive.js';
import { toMainThreadMs } from '../measure/main-thread.js';
import { toRatio, toSpread } from '../measure/statistics.js';
import { steadyRate } from '../measure/steady-rate.js';
import type { Bench, Measurement } from './measurement.js';

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * A small model, so that reading and decoding are fast enough; the rest does not depend on its
 * size.
 */
const SMALL = { scale: 1 / 16, isDeflated: true };
const SMALL_PICTURES_FOR_EACH = 10;
/** The broker uses all cores. */
const SERIAL = new Set(['extractor', 'embedder', 'predictor', 'writer', 'reporter']);

/**
 * How well a run feeds a device. A model that takes almost no time stands for the device, so that
 * reading and decoding are the limit. The run is compared with threads that only decode, and with
 * itself on one core.
 */
export async function decoding(bench: Bench): Promise<Measurement[]> {
  const originals = await makePictureArchive(bench.corpus, bench.pictures, { isDeflated: true });
  const models = await writeDemoModels(join(bench.corpus, 'small-models'));
  const cores = availableParallelism();
  const all = `0-${cores - 1}`;
  const run = async (given: string) => {
    const { finishedMs } = await coldRun(bench, originals, models, [], { cores: given });
    return steadyRate(finishedMs);
  };
  const loop = async (given: string, threads: number, hashes: boolean) =>
    steadyRate(await decodeLoop({ originals, threads, hashes }, given));
  const turns = {
    decode_loop: () => loop(all, cores, false),
    decode_and_hash_loop: () => loop(all, cores, true),
    run_without_inference: () => run(all),
    decode_loop_on_one_core: () => loop('0', 1, false),
    run_on_one_core: () => run('0'),
  };
  const rates = new Map<string, number[]>(Object.keys(turns).map((name) => [name, []]));
  for (let round = 0; round < bench.rounds; round++) {
    const order = Object.entries(turns);
    for (const [name, turn] of round % 2 === 0 ? order : order.toReversed()) {
      const rate = await turn();
      rates.get(name)?.push(rate);
      bench.note(`decode, round ${round + 1}: ${name} ${rate.toFixed(1)} images/s`);
    }
  }
  const of = (name: keyof typeof turns): number[] => rates.get(name) ?? [];
  return [
    ...(await serialParts(bench, models)),
    ...[...rates].map(([name, samples]): Measurement => {
      return { name: `${name}_images_per_second`, unit: 'images/s', spread: toSpread(samples) };
    }),
    {
      name: 'run_vs_decode_loop',
      unit: 'ratio',
      spread: toRatio(of('run_without_inference'), of('decode_loop')),
      target: { least: 0.9 },
    },
    {
      name: 'run_vs_decode_and_hash_loop',
      unit: 'ratio',
      spread: toRatio(of('run_without_inference'), of('decode_and_hash_loop')),
    },
    {
      name: 'all_cores_vs_one',
      unit: 'ratio',
      spread: toRatio(of('run_without_inference'), of('run_on_one_core')),
      target: { least: 1.85 },
    },
    {
      name: 'decode_loop_all_cores_vs_one',
      unit: 'ratio',
      spread: toRatio(of('decode_loop'), of('decode_loop_on_one_core')),
    },
  ];
}

/**
 * The time for each image in the threads of which a run has one each: more cores do not reduce it.
 */
async function serialParts(bench: Bench, models: DemoModels): Promise<Measurement[]> {
  const pictures = bench.pictures * SMALL_PICTURES_FOR_EACH;
  const originals = await makePictureArchive(bench.corpus, pictures, SMALL);
  const samples = new Map<string, number[]>();
  for (let round = 0; round < bench.rounds; round++) {
    const { finishedMs, processes } = await coldRun(bench, originals, models);
    for (const process of processes) {
      const ms = toMainThreadMs(process, finishedMs);
      if (ms === undefined || !SERIAL.has(process.name)) continue;
      samples.set(process.name, [...(samples.get(process.name) ?? []), ms]);
    }
    bench.note(`decode, small pictures, round ${round + 1}`);
  }
  return [...samples].map(([name, all]) => ({
    name: `${name}_main_thread_an_image`,
    unit: 'ms',
    spread: toSpread(all),
  }));
}

/** When each image was done, in milliseconds. */
async function decodeLoop(options: DecodeLoopOptions, cores: string): Promise<readonly number[]> {
  const script = fileURLToPath(new URL('../contenders/decode-loop.js', import.meta.url));
  const command = [...onCores(cores), process.execPath, script, JSON.stringify(options)];
  const [program = '', ...args] = command;
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: MAX_OUTPUT_BYTES });
  return (JSON.parse(stdout) as DecodeLoopResult).finishedMs;
}
