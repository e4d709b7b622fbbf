import { cp, mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exec } from './engine.js';
import { compareWithExpected } from './expected.js';
import { cullstreamHere } from './local-run.js';
import { compareRows, countRows, readRows } from './rows.js';
import type { Stack, TestSet } from './stack.js';

const shared = fileURLToPath(new URL('../../../../shared/', import.meta.url));
const weights = {
  embedder: 'goldens/clip-import/clip_tiny.onnx',
  ranker: 'models/ranker_v3_w10.pt',
  crop: 'models/crop_proposer_v2.pt',
};

/**
 * Tests the reference samples with other weights, existing databases and a cache of the older tool.
 */
export async function testSamples(stack: Stack, { report, folder }: TestSet): Promise<void> {
  const samples = join(shared, 'samples');
  if (!existsSync(samples)) {
    report.say('there are no reference samples beside the checkout');
    return;
  }
  const originals = join(samples, 'original');
  const here = await copyData(samples, join(folder, 'samples-local'));
  await cullstreamHere(
    [
      ...['run', '--originals', originals, '--data', here, '--json'],
      ...['--inventory', join(here, 'inventory.json'), '--cache', join(folder, 'cache-local')],
      ...Object.entries(weights).flatMap(([name, path]) => [`--${name}`, join(shared, path)]),
    ],
    [0, 1],
  );
  const expected = await readRows(here);

  const data = await copyData(samples, join(folder, 'samples'));
  const models = join(data, 'ai_data/models');
  await mkdir(models, { recursive: true });
  const variables: Record<string, string> = { CULL_DATA_DIR: data, CULL_ORIGINALS_DIR: originals };
  for (const [name, path] of Object.entries(weights)) {
    const file = path.slice(path.lastIndexOf('/') + 1);
    await cp(join(shared, path), join(models, file));
    variables[`CULL_${name.toUpperCase()}`] = `/data/ai_data/models/${file}`;
  }
  await stack.own(data);
  stack.set({ ...variables, CULL_INVENTORY: '/data/inventory.json' });
  await stack.up();
  const { code, output } = await stack.cli('run', '--json');
  report.check('the samples run by other weights, on the same broker', code === 1, output);
  const difference = compareRows(await readRows(data), expected);
  const count = countRows(expected);
  report.check(`their ${count} rows are those of a local run`, difference === '', difference);
  const { groups, differences } = await compareWithExpected(data, join(samples, 'expected.json'));
  report.check(
    `their ${groups} groups are decided as expected.json says`,
    groups > 0 && differences.length === 0,
    differences.join('\n'),
  );
}

async function copyData(samples: string, to: string): Promise<string> {
  await cp(join(samples, 'data'), to, { recursive: true, preserveTimestamps: true });
  await cp(join(samples, 'inventory.json'), join(to, 'inventory.json'));
  // The samples may be read only, as reference data is.
  await exec('chmod', ['-R', 'u+w', to]);
  return to;
}
