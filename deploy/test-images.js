/**
 * Shows, on a machine with a docker engine and a built checkout, that images can be made again:
 *
 *   node deploy/test-images.js [--compose docker-compose]
 *
 * Builds them twice, the second time without a cache, and compares what is in them byte by byte; then
 * takes together what the images of linux/amd64 and linux/arm64 get, and checks for which processor
 * its native code is. Nothing is run; test-stack.js does that.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createReport } from './test-stack/report.js';
import { createStack } from './test-stack/stack.js';
import { testPlatforms } from './test-stack/test-platforms.js';
import { testRebuild } from './test-stack/test-rebuild.js';

const { values } = parseArgs({ options: { compose: { type: 'string' } } });
const report = createReport();
const folder = await mkdtemp(join(tmpdir(), 'cullstream-images-'));
try {
  const stack = await createStack({ folder, compose: values.compose, report });
  stack.set({ CULL_ORIGINALS_DIR: folder, CULL_DATA_DIR: folder });
  await testRebuild(stack, { report });
  await testPlatforms({ report, folder });
} catch (error) {
  report.check('no surprise', false, `${error?.stack ?? error}\n${error?.stderr ?? ''}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = report.end();
