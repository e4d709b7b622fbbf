import { chmod, cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDemoModels } from '@cullstream/inference';
import { waitFor } from '@cullstream/testing';
import { writeExampleOriginals } from '@cullstream/examples';
import { docker, inspect } from './engine.js';
import { cullstreamHere } from './local-run.js';
import type { Report } from './report.js';
import { countRows, differByMore, readRows, type Rows } from './rows.js';
import { services, type Stack, type TestSet } from './stack.js';

/** The smallest project of the demo. */
const PROJECT = 'aurora';
const DEMO_SEED = 1;
/** Scores, confidences and boxes of two processors differ in their last digits. */
const TOLERANCE = 1e-4;
const PATIENCE_MS = 300_000;
/** A program needs more time and memory where another processor is emulated. */
const ROOM = Object.fromEntries(
  [...services, 'broker'].flatMap((name) => [
    [`CULL_${name.toUpperCase()}_MEMORY`, '3g'],
    [`CULL_${name.toUpperCase()}_CPUS`, '2'],
  ]),
);

interface EmulatedTest {
  readonly report: Report;
  readonly folder: string;
  readonly platform: string;
  readonly buildOptions: readonly string[];
}

/**
 * The images of another platform, built and run here: every service says that it is well, and a project
 * goes through all of them to the decisions of this machine.
 * @param buildOptions more options of `compose build`
 */
export async function testEmulated(
  stack: Stack,
  { report, folder, platform, buildOptions }: EmulatedTest,
): Promise<void> {
  await stack.dc('--profile', 'tools', 'build', ...buildOptions);
  report.say(`images for ${platform} are built by ${stack.compose}`);
  await checkPlatform(stack, report, platform);
  const { originals, expected } = await prepare(stack, folder);
  stack.set({ CULL_ORIGINALS_DIR: originals, ...ROOM });
  stack.withFiles('src/test-stack/emulated.yaml');
  await stack.dc('up', '-d');
  for (const service of services) await checkHealth(stack, report, service);
  const { code, output } = await stack.cli('run', '--json', '--only', PROJECT);
  report.check(`${PROJECT} goes through all of them`, code === 0, output);
  const found = await readRows(stack.dataDir());
  const difference = differByMore(TOLERANCE, found, expected);
  report.check(
    `its ${countRows(expected)} rows are those of this machine within ${TOLERANCE}`,
    difference === '' && countRows(expected) > 0,
    difference,
  );
  const verified = await stack.cli('verify', '--originals', '/originals', '--only', PROJECT);
  report.check('`verify` finds nothing missing', verified.code === 0, verified.output);
}

async function checkPlatform(stack: Stack, report: Report, platform: string): Promise<void> {
  for (const name of [...services, 'cli', 'broker']) {
    const image = `cullstream-${name}:${stack.version}`;
    const found = await inspect(image, '{{.Os}}/{{.Architecture}}');
    report.check(`${image} is for ${found}`, platform.startsWith(found));
  }
}

/** Keys, weights and originals, and what a run on this machine makes of them. */
async function prepare(
  stack: Stack,
  folder: string,
): Promise<{ originals: string; expected: Rows }> {
  const originals = join(folder, 'originals');
  await writeExampleOriginals({ dir: originals, seed: DEMO_SEED });
  const [here, data] = [join(folder, 'data-local'), stack.dataDir()];
  const weights: TestSet['weights'] = {
    ...(await writeDemoModels(join(here, 'ai_data/models'))),
  };
  await cp(here, data, { recursive: true });
  await mkdir(stack.cacheDir);
  await cullstreamHere(['keys', '--out', stack.keysDir]);
  const files = Object.entries(weights).flatMap(([name, path]) => [`--${name}`, path]);
  const places = ['--originals', originals, '--data', here, '--cache', join(folder, 'cache-local')];
  await cullstreamHere(['run', ...places, ...files, '--only', PROJECT, '--json']);
  for (const [kind, path] of Object.entries(weights)) {
    const file = path.slice(path.lastIndexOf('/') + 1);
    stack.set({ [`CULL_${kind.toUpperCase()}`]: `/data/ai_data/models/${file}` });
  }
  await stack.own(folder);
  await chmod(folder, 0o755);
  return { originals, expected: await readRows(here) };
}

/** Checks the health by the image's own probe, run in the container. */
async function checkHealth(stack: Stack, report: Report, service: string): Promise<void> {
  const id = await stack.findContainer(service);
  const probe = ['node', '/app/libs/runtime/build/probe.js'];
  const said = await waitFor(() => docker('exec', id, ...probe), {
    what: `a ${service} that is well`,
    timeoutMs: PATIENCE_MS,
    intervalMs: 1_000,
  });
  const processor = await docker('exec', id, 'node', '-p', 'process.arch');
  report.check(`the ${service} works, as ${processor}, and is well: ${said}`, true);
}
