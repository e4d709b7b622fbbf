import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeBenchModels } from '../contenders/bench-models.js';
import { runCommand } from '../contenders/cullstream-command.js';
import { makePictureArchive } from '../corpus/picture-archive.js';
import { watchMetrics } from '../measure/watch-metrics.js';
import { spreadOf } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';

/** Services take ports from here on: their order is that of the command. */
const FIRST_PORT = 29_400;

/** Where the time of a cold run goes: each stage by the clock of the service that does it. */
export async function stages(bench: Bench): Promise<Measurement[]> {
  const originals = await makePictureArchive(bench.corpus, bench.pictures);
  const { embedder, ranker, crop } = await makeBenchModels(bench.corpus);
  const samples = new Map<string, number[]>();
  for (let round = 0; round < bench.rounds; round++) {
    const data = join(bench.scratch, 'stages');
    rmSync(data, { recursive: true, force: true });
    const watch = watchMetrics(FIRST_PORT);
    await runCommand([
      ...['run', '--originals', originals, '--data', data, '--cache', join(bench.corpus, 'cache')],
      ...['--embedder', embedder, '--ranker', ranker, '--crop', crop],
      ...['--health-port', String(FIRST_PORT)],
    ]);
    for (const { service, stage, msAnImage } of watch.stop()) {
      const name = `${service}_${stage}_an_image`;
      samples.set(name, [...(samples.get(name) ?? []), msAnImage]);
    }
    bench.note(`stages, round ${round + 1}`);
  }
  return [...samples].map(([name, ms]) => ({ name, unit: 'ms', spread: spreadOf(ms) }));
}
