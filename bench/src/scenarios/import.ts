import { rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runImport } from '../contenders/run-import.js';
import { containers, makeEncoderCheckpoint } from '../corpus/encoder-checkpoint.js';
import { toSpread } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';

const MOST_SECONDS = 15;
/** Memory limit as a multiple of the file's size. */
const MOST_MEMORY = 3;

/** Imports and prepares a full-size ViT-B/32 in every file format: time and memory. */
export async function importing(bench: Bench): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const container of containers) {
    const file = await makeEncoderCheckpoint(bench.corpus, container);
    const bytes = statSync(file).size;
    const seconds: number[] = [];
    const memory: number[] = [];
    for (let round = 0; round < bench.rounds; round++) {
      const place = join(bench.scratch, 'import');
      rmSync(place, { recursive: true, force: true });
      await mkdir(place, { recursive: true });
      const [data, cache] = [join(place, 'data'), join(place, 'cache')];
      const result = await runImport({ file, data, cache });
      if (result.format !== container) throw new Error(`${file} was read as ${result.format}`);
      seconds.push(result.seconds);
      memory.push(result.peakResidentBytes / bytes);
      bench.note(
        `import, ${container}, ${(bytes / 1e6).toFixed(0)} MB: ${result.seconds.toFixed(1)} s ` +
          `(${result.importSeconds.toFixed(1)} s without the conversion), ` +
          `${(result.peakResidentBytes / 1e6).toFixed(0)} MB resident at most`,
      );
    }
    const name = container.replace('-', '_');
    measured.push(
      {
        name: `import_${name}_seconds`,
        unit: 's',
        spread: toSpread(seconds),
        target: { most: MOST_SECONDS },
      },
      {
        name: `import_${name}_memory_vs_file`,
        unit: 'ratio',
        spread: toSpread(memory),
        target: { most: MOST_MEMORY },
      },
    );
  }
  return measured;
}
