import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeBenchModels } from '../contenders/bench-models.js';
import { runCommand } from '../contenders/cullstream-command.js';
import { makePictureArchive } from '../corpus/picture-archive.js';
import { watchMetrics } from '../measure/watch-metrics.js';
import { toSpread } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';

/** Services use ports from this one on, in the order in which the command starts them. */
const FIRST_PORT = 29_400;

/**
 * The time and the bytes of each stage of a run without cached embeddings, measured by its service.
 * The archive is deflated, as most archives are.
 */
export async function stages(bench: Bench): Promise<Measurement[]> {
  const originals = await makePictureArchive(bench.corpus, bench.pictures, { isDeflated: true });
  const { embedder, ranker, crop } = await makeBenchModels(bench.corpus);
  const samples = new Map<string, { unit: 'ms' | 'kB'; values: number[] }>();
  const add = (name: string, unit: 'ms' | 'kB', value: number) => {
    const sample = samples.get(name) ?? { unit, values: [] };
    sample.values.push(value);
    samples.set(name, sample);
  };
  for (let round = 0; round < bench.rounds; round++) {
    const data = join(bench.scratch, 'stages');
    rmSync(data, { recursive: true, force: true });
    const watch = watchMetrics(FIRST_PORT);
    await runCommand([
      ...['run', '--originals', originals, '--data', data, '--cache', join(bench.corpus, 'cache')],
      ...['--embedder', embedder, '--ranker', ranker, '--crop', crop],
      ...['--health-port', String(FIRST_PORT)],
    ]);
    for (const { service, stage, msAnImage, bytesAnImage } of watch.stop()) {
      const name = `${service}_${stage}_an_image`;
      add(name, 'ms', msAnImage);
      if (bytesAnImage > 0) add(`${name}_size`, 'kB', bytesAnImage / 1e3);
    }
    bench.note(`stages, round ${round + 1}`);
  }
  return [...samples].map(([name, { unit, values }]) => ({ name, unit, spread: toSpread(values) }));
}
