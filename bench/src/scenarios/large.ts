import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { makeCachedCatalogue } from '../corpus/cached-catalogue.js';
import { runCommand, type CommandResult } from '../contenders/cullstream-command.js';
import { readFolderBytes } from '../measure/folder-bytes.js';
import { toSpread } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';
import { checkTotals, warmCommand } from './warm.js';

/** Of two million images, 20,000 each. */
const PROJECTS = 100;

/**
 * What a catalogue of `bench.cached` images takes end to end, when all of their vectors are packed
 * already: each command once, with the most memory of each process in any of them.
 */
export async function largeCatalogue(bench: Bench): Promise<Measurement[]> {
  const catalogue = await makeCachedCatalogue(bench.corpus, bench.cached, PROJECTS, 'packed');
  const data = join(bench.scratch, 'large');
  cpSync(catalogue.data, data, { recursive: true });
  const plan = await warmCommand('plan', catalogue, data);
  bench.note(`large: planned in ${plan.seconds.toFixed(1)} s`);
  const run = await warmCommand('run', catalogue, data);
  checkTotals('the run', run, bench.cached);
  const kilobytesIn = (folder: string) => readFolderBytes(join(data, folder)) / 1e3 / bench.cached;
  const [broker, databases] = [kilobytesIn('.cullstream/broker'), kilobytesIn('training')];
  bench.note(`large: run in ${run.seconds.toFixed(1)} s`);
  const rerun = await warmCommand('run', catalogue, data);
  checkTotals('the rerun', rerun, bench.cached);
  const verify = await runCommand([
    ...['verify', '--data', data, '--originals', catalogue.originals],
  ]);
  return [
    once('large_images_per_second', 'images/s', bench.cached / run.seconds),
    once('large_plan', 's', plan.seconds),
    once('large_run', 's', run.seconds),
    once('large_rerun', 's', rerun.seconds),
    once('large_verify', 's', verify.seconds),
    once('large_broker_store_an_image', 'kB', broker),
    once('large_databases_an_image', 'kB', databases),
    ...named(run).map(({ name, cpuSeconds }) =>
      once(`large_${name}_processor_time_an_image`, 'ms', (1_000 * cpuSeconds) / bench.cached),
    ),
    ...toPeaks({ plan, run, rerun, verify }),
  ];
}

/** The most memory of each process in each command. */
function toPeaks(commands: Readonly<Record<string, CommandResult>>): Measurement[] {
  return Object.entries(commands).flatMap(([command, result]) =>
    named(result).map(({ name, peakResidentBytes }) =>
      once(`large_${command}_${name}_peak_rss`, 'MB', peakResidentBytes / 1e6),
    ),
  );
}

/** Without the small programs that a command asks something, as for the version of a nats-server. */
function named({ processes }: CommandResult) {
  return processes.filter(({ name }) => name !== 'other');
}

function once(name: string, unit: Measurement['unit'], value: number): Measurement {
  return { name: name.replaceAll(' ', '_'), unit, spread: toSpread([value]) };
}
