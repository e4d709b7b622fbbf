import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { writeCheckpoint } from '../src/checkpoint/write-checkpoint.js';
import { demoTowerTensors } from '../src/demo/demo-tensors.js';
import { temporaryFolder } from './support/temporary-folder.js';

/** A third of ViT-B/32: about 125 MB. `npm run bench -- --only import` measures the full size. */
const tower = demoTowerTensors(1, { width: 768, layers: 4, patchPx: 32 });
const MOST_SECONDS = 15;
const MOST_MEMORY = 3;

/** Imports the file of its first argument into the folder of its second, and converts it. */
const program = `
  import {
    chooseEmbedder,
    importModel,
    loadModelRegistry,
    peakResidentBytes,
  } from '@cullstream/inference';
  const [, file, folder] = process.argv;
  const registry = await loadModelRegistry();
  const startedMs = performance.now();
  const { path } = await importModel({ file, modelsDir: folder, cacheDir: folder, registry });
  const exactly = { precision: 'fp32', preprocess: 'exact' };
  await chooseEmbedder({ dataDir: folder, cacheDir: folder, embedder: path, ...exactly });
  const seconds = (performance.now() - startedMs) / 1_000;
  console.log(JSON.stringify({ seconds, peakBytes: peakResidentBytes() }));
`;

describe('importing a big checkpoint', () => {
  it('takes little time and less than three times its size in memory', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'tower.pt');
    await writeCheckpoint(file, tower, 'torchscript');
    const args = ['--input-type=module', '--eval', program, file, join(folder, 'models')];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: import.meta.dirname,
    });
    const { seconds, peakBytes } = JSON.parse(stdout) as Record<'seconds' | 'peakBytes', number>;
    expect(seconds).toBeLessThan(MOST_SECONDS);
    expect(peakBytes / statSync(file).size).toBeLessThan(MOST_MEMORY);
  });
});
