import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeCachedCatalogue, type CachedCatalogue } from '../corpus/cached-catalogue.js';
import { runCommand, type CommandResult } from '../contenders/cullstream-command.js';
import { predictAndWrite } from '../contenders/predict-and-write.js';
import { readFolderBytes } from '../measure/folder-bytes.js';
import { toRatio, toSpread } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';

const PROJECTS = 21;
/** More images give no further information about a loop. */
const MOST_IN_PROCESS = 40_000;
const light = ['extractor', 'predictor', 'writer', 'reporter'];
const working = ['broker', 'extractor', 'embedder', 'predictor', 'writer'];
const every = [...light, 'embedder', 'broker', 'command'];
const MOST_MEMORY_MB = 200;
const MOST_BROKER_MEMORY_MB = 250;

/**
 * Whole commands: a run in which every vector is cached, the same run again when everything is
 * done, a replay of its embeddings, and a run after the databases were deleted. The first one
 * copies the vectors into the packed copy, and the last one reads them from it.
 */
export async function warmRuns(bench: Bench): Promise<Measurement[]> {
  const catalogue = await makeCachedCatalogue(bench.corpus, bench.cached, PROJECTS);
  const [warm, packed]: [number[], number[]] = [[], []];
  const [again, replayed]: [number[], number[]] = [[], []];
  const [planned, inProcess]: [number[], number[]] = [[], []];
  const [inBroker, inDatabases]: [number[], number[]] = [[], []];
  const peaks = new Map(every.map((name): [string, number[]] => [name, []]));
  const processorMs = new Map(working.map((name): [string, number[]] => [name, []]));
  for (let round = 0; round < bench.rounds; round++) {
    const data = join(bench.scratch, 'warm');
    rmSync(data, { recursive: true, force: true });
    cpSync(catalogue.data, data, { recursive: true });
    planned.push((await warmCommand('plan', catalogue, data)).seconds);
    const run = await warmCommand('run', catalogue, data);
    warm.push(bench.cached / run.seconds);
    checkTotals('the warm run', run, bench.cached);
    const kilobytesIn = (folder: string) =>
      readFolderBytes(join(data, folder)) / 1e3 / bench.cached;
    inBroker.push(kilobytesIn('.cullstream/broker'));
    inDatabases.push(kilobytesIn('training'));
    for (const { name, cpuSeconds } of run.processes) {
      processorMs.get(name)?.push((cpuSeconds * 1_000) / bench.cached);
    }
    const rerun = await warmCommand('run', catalogue, data);
    again.push(bench.cached / rerun.seconds);
    checkTotals('the rerun', rerun, bench.cached);
    const replay = await warmCommand('replay', catalogue, data, ['--from', 'embeddings']);
    replayed.push(bench.cached / replay.seconds);
    rmSync(join(data, 'training'), { recursive: true });
    const fromPack = await warmCommand('run', catalogue, data);
    packed.push(bench.cached / fromPack.seconds);
    checkTotals('the run from packed vectors', fromPack, bench.cached);
    inProcess.push(
      await predictAndWrite(catalogue.models, {
        scratch: bench.scratch,
        cache: join(bench.corpus, 'cache'),
        images: Math.min(bench.cached, MOST_IN_PROCESS),
      }),
    );
    const processes = [...run.processes, ...rerun.processes, ...replay.processes];
    for (const { name, peakResidentBytes } of processes) {
      peaks.get(name)?.push(peakResidentBytes / 1e6);
    }
    bench.note(
      `warm, round ${round + 1}: run ${warm.at(-1)?.toFixed(0)}, from packed vectors ${packed.at(-1)?.toFixed(0)}, again ${again.at(-1)?.toFixed(0)}, replay ${replayed.at(-1)?.toFixed(0)} images/s`,
    );
  }
  return [
    {
      name: 'warm_images_per_second',
      unit: 'images/s',
      spread: toSpread(warm),
      target: { least: 3_000 },
    },
    { name: 'warm_packed_images_per_second', unit: 'images/s', spread: toSpread(packed) },
    { name: 'rerun_images_per_second', unit: 'images/s', spread: toSpread(again) },
    {
      name: 'replay_images_per_second',
      unit: 'images/s',
      spread: toSpread(replayed),
      target: { least: 4_000 },
    },
    {
      name: 'predict_and_write_images_per_second',
      unit: 'images/s',
      spread: toSpread(inProcess),
    },
    { name: 'replay_vs_in_process', unit: 'ratio', spread: toRatio(replayed, inProcess) },
    { name: 'broker_store_an_image', unit: 'kB', spread: toSpread(inBroker) },
    { name: 'databases_an_image', unit: 'kB', spread: toSpread(inDatabases) },
    { name: 'plan_seconds', unit: 's', spread: toSpread(planned), target: { most: 15 } },
    ...[...peaks].map(([name, samples]): Measurement => ({
      name: `${name}_peak_rss`,
      unit: 'MB',
      spread: toSpread(samples),
      ...(light.includes(name) ? { target: { most: MOST_MEMORY_MB } } : {}),
      ...(name === 'broker' ? { target: { most: MOST_BROKER_MEMORY_MB } } : {}),
    })),
    ...[...processorMs].map(([name, samples]): Measurement => ({
      name: `warm_${name}_processor_time_an_image`,
      unit: 'ms',
      spread: toSpread(samples),
    })),
  ];
}

/** Runs one of the commands on the catalogue, in a data folder. */
export function warmCommand(
  name: 'plan' | 'run' | 'replay',
  { originals, models }: CachedCatalogue,
  data: string,
  more: readonly string[] = [],
): Promise<CommandResult> {
  const { embedder, ranker, crop } = models;
  const weights = ['--embedder', embedder, '--ranker', ranker, '--crop', crop];
  return runCommand([name, '--originals', originals, '--data', data, ...weights, ...more]);
}

/** @throws {Error} unless it found all of them, and all of them cached */
export function checkTotals(who: string, { document }: CommandResult, images: number): void {
  const { images: counted } = document as { images: { total: number; cached: number } };
  if (counted.total !== images || counted.cached !== images) {
    throw new Error(`${who} found ${counted.cached} of ${images} images cached`);
  }
}
