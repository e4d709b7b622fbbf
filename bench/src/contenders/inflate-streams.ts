import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { preprocess } from '@cullstream/imaging';
import { readImageData } from '../corpus/read-image-data.js';

/**
 * Measures how long the kernel takes to inflate the pixels of PNGs: the fastest of several
 * repetitions. Also writes their streams for `bench/native/inflate.c`, which measures native
 * decoders in the same way.
 *
 *   node bench/dist/contenders/inflate-streams.js FOLDER PNG...
 */
const TURNS = 60;

const [folder, ...paths] = process.argv.slice(2);
if (folder === undefined || paths.length === 0) throw new Error('name a folder and PNG files');
mkdirSync(folder, { recursive: true });
for (const path of paths) {
  const png = readFileSync(path);
  const times: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    await preprocess(png, 'exact', {
      onStage: (stage, ms) => {
        if (stage === 'decode') times.push(ms);
      },
    });
  }
  writeFileSync(join(folder, `${basename(path)}.z`), readImageData(png));
  console.log(`${path}: kernel ${Math.min(...times).toFixed(1)} ms`);
}
