import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Option, program } from '@commander-js/extra-typings';
import { createReport, toDetail } from './test-stack/report.js';
import { createStack } from './test-stack/stack.js';
import { testEmulated } from './test-stack/test-emulated.js';
import { testPlatforms } from './test-stack/test-platforms.js';
import { testRebuild } from './test-stack/test-rebuild.js';

const { compose, platform, buildArg } = program
  .name('node deploy/test-images.js')
  .description(
    'Tests that image builds are reproducible: builds the images twice, the second time without a cache, and compares ' +
      'their contents byte by byte. Then collects the contents of the images of linux/amd64 and linux/arm64, and ' +
      'checks that their native code is for the right processor. Nothing is run; test-stack.js does that. Wants a ' +
      'docker engine and a built checkout (`npm ci`).',
  )
  .option('--compose <program>', 'such as docker-compose (default: what is found)')
  .option(
    '--platform <name>',
    'test instead that the images of another platform work, such as linux/arm64, on a machine that emulates its ' +
      'processor (README.md, "Images")',
  )
  .addOption(
    new Option('--build-arg <name=value>', 'of the builds, such as NODE_IMAGE=…; may be repeated')
      .argParser((text, given: readonly string[]) => [...given, text])
      .default([], 'none'),
  )
  .parse()
  .opts();
const buildOptions = buildArg.flatMap((value) => ['--build-arg', value]);
const report = createReport();
const folder = await mkdtemp(join(tmpdir(), 'cullstream-images-'));
const stack = await createStack({ folder, compose, platform, report });
stack.set({ CULL_ORIGINALS_DIR: folder, CULL_DATA_DIR: join(folder, 'data') });
try {
  if (platform === undefined) {
    await testRebuild(stack, { report, buildOptions });
    await testPlatforms({ report, folder });
  } else await testEmulated(stack, { report, folder, platform, buildOptions });
} catch (error) {
  report.check('no surprise', false, toDetail(error));
} finally {
  const left = await stack.down().catch(String);
  report.check('nothing is left', left === '', left);
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = report.end();
