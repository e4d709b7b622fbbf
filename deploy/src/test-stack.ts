import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from '@commander-js/extra-typings';
import { writeDemoModels } from '@cullstream/inference';
import { toCount } from '@cullstream/testing/option-values';
import { checkImages } from './test-stack/check-images.js';
import { cullstreamHere } from './test-stack/local-run.js';
import { makeOriginals } from './test-stack/originals.js';
import { createReport, toDetail } from './test-stack/report.js';
import { readRows } from './test-stack/rows.js';
import { createStack, type TestSet } from './test-stack/stack.js';
import { testChaos } from './test-stack/test-chaos.js';
import { testEncryption } from './test-stack/test-encryption.js';
import { testMetrics } from './test-stack/test-metrics.js';
import { testOneEmbedder } from './test-stack/test-one-embedder.js';
import { testPage } from './test-stack/test-page.js';
import { testRetry } from './test-stack/test-retry.js';
import { testSamples } from './test-stack/test-samples.js';
import { testScaled } from './test-stack/test-scaled.js';
import { tryForbidden } from './test-stack/try-forbidden.js';

const { groups, seeds, compose, keep } = program
  .name('node deploy/test-stack.js')
  .description(
    'Tries a deployment for real: builds the images, brings the stack up from nothing, runs example projects through ' +
      'it with one and with several containers of a service, kills an embedder and the broker amid a run, compares ' +
      'the rows with those of a run on this machine, kills and pauses containers by seed and compares again, opens ' +
      'the page in a Chromium where there is one, tries what is forbidden, takes everything down, and prints what it ' +
      'checked. Wants a docker engine, a built checkout (`npm ci`), and root, as it kills processes of containers.',
  )
  .option('--groups <number>', 'groups of images in the example projects', toCount, 100)
  .option('--seeds <number>', 'how many schedules of kills and pauses: from seed 1 on', toCount, 1)
  .option('--compose <program>', 'such as docker-compose (default: what is found)')
  .option('--keep', 'leave everything up')
  .parse()
  .opts();
const report = createReport();
const folder = await mkdtemp(join(tmpdir(), 'cullstream-stack-'));
const stack = await createStack({ folder, compose, report });

/** Makes originals, weights and keys, and the rows that a run on this machine writes for them. */
async function prepare(): Promise<TestSet> {
  const originals = join(folder, 'originals');
  const images = await makeOriginals(originals, groups);
  const weights: TestSet['weights'] = { ...(await writeDemoModels(join(folder, 'models'))) };
  await mkdir(stack.cacheDir);
  await cullstreamHere(['keys', '--out', stack.keysDir]);
  const data = join(folder, 'data-local');
  const files = Object.entries(weights).flatMap(([name, path]) => [`--${name}`, path]);
  const places = ['--originals', originals, '--data', data, '--cache', join(folder, 'cache-local')];
  await cullstreamHere(['run', ...places, ...files, '--json'], [0, 1]);
  await stack.own(folder);
  await chmod(folder, 0o755);
  report.say(`${images} images are run over on this machine`);
  return {
    report,
    folder,
    originals,
    images,
    weights,
    expected: await readRows(data),
  };
}

/** A new data folder with the demo's weights under the names that the services look for. */
async function useNewData(name: string, { originals, weights }: TestSet): Promise<void> {
  const data = join(folder, name);
  const models = join(data, 'ai_data/models');
  await cp(join(folder, 'models'), models, { recursive: true });
  await stack.own(data);
  stack.set({ CULL_ORIGINALS_DIR: originals, CULL_DATA_DIR: data, CULL_INVENTORY: '' });
  for (const [kind, path] of Object.entries(weights)) {
    const file = path.slice(path.lastIndexOf('/') + 1);
    stack.set({ [`CULL_${kind.toUpperCase()}`]: `/data/ai_data/models/${file}` });
  }
}

async function build(): Promise<void> {
  await stack.dc('--profile', 'tools', 'build');
  report.say(`images are built by ${stack.compose}`);
}

async function testAll(): Promise<void> {
  // No path is read for it, but compose wants them all named.
  stack.set({ CULL_ORIGINALS_DIR: folder, CULL_DATA_DIR: folder });
  const [set] = await Promise.all([prepare(), build()]);
  await useNewData('data-1', set);
  await checkImages(set);
  await testOneEmbedder(stack, set);
  await tryForbidden(stack, set);
  await testMetrics(stack, set);
  await useNewData('data-page', set);
  await testPage(stack, set);
  for (let seed = 1; seed <= seeds; seed++) {
    await useNewData(`data-chaos-${seed}`, set);
    await testChaos(stack, set, seed);
  }
  await useNewData('data-3', set);
  await testScaled(stack, set);
  // It mends originals: the rows of a run over them are others from here on.
  await testRetry(stack, set);
  await testSamples(stack, set);
  await useNewData('data-tls', set);
  await testEncryption(stack, set);
}

try {
  await testAll();
} catch (error) {
  report.check('no surprise', false, toDetail(error));
  console.log(await stack.dc('ps', '-a').catch(String));
  console.log(await stack.dc('logs', '--tail', '30').catch(String));
} finally {
  if (keep === true) report.say(`left up: ${stack.project}, ${folder}`);
  else {
    const left = await stack.down().catch(String);
    report.check('nothing is left', left === '', left);
    await rm(folder, { recursive: true, force: true });
  }
}
process.exitCode = report.end();
