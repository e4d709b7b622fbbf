import { cullstreamHere } from './local-run.js';
import { LONG_PROJECT } from './originals.js';
import { compareRows, readRows } from './rows.js';
import type { Report } from './report.js';
import { services, type Stack, type TestSet } from './stack.js';

interface Summary {
  readonly results: { readonly total_projects: number };
}

/**
 * Tests two runs at once with two extractors, three embedders, two predictors and three writers. One run is started from
 * outside. Everything is stopped and started again while they are under way.
 */
export async function testScaled(stack: Stack, set: TestSet): Promise<void> {
  const { report, images, originals, weights, expected } = set;
  stack.set({ CULL_MAX_WRITERS: '3' });
  await stack.up({ extractor: 2, embedder: 3, predictor: 2, writer: 3 });
  const scaled = 'two extractors, three embedders, two predictors, three writers';
  report.check(`every service is healthy: ${scaled}`, true);
  const begun = await cullstreamHere([
    ...['run', '--detach', '--services', 'deployed', '--only', LONG_PROJECT, '--json'],
    ...Object.entries(weights).flatMap(([name, path]) => [`--${name}`, path]),
    ...['--nats', await stack.brokerUrl(), '--nats-seed-file', `${stack.keysDir}/operator.seed`],
    ...['--originals', originals, '--data', stack.dataDir(), '--cache', stack.cacheDir],
  ]);
  report.check('a batch begins from outside and goes on by itself', begun !== '', begun);
  await stack.own(stack.dataDir());
  const others = stack.cli('run', '--json', '--skip', LONG_PROJECT);
  const same = stack.cli('run', '--json', '--only', LONG_PROJECT);
  await stack.untilStored(images / 3);
  await stack.dc('stop', ...services);
  const stored = await stack.countStored();
  report.check(`everything stops in mid-run, at ${stored} of ${images}`, stored < images * 0.9);
  await stack.dc('start', ...services);
  const ends = await Promise.all([others, same]);
  report.check(
    'two batches at once come to their ends, stopped and started meanwhile',
    ends.every(({ code }) => code === 1),
    ends.map(({ output }) => output).join('\n'),
  );
  const totals = ends.map(({ stdout }) => (JSON.parse(stdout) as Summary).results.total_projects);
  report.check(
    'each with a summary of its own projects',
    totals[1] === 1 && (totals[0] ?? 0) > 1,
    JSON.stringify(totals),
  );
  const difference = compareRows(await readRows(stack.dataDir()), expected);
  report.check('their rows are those of a local run', difference === '', difference);
  await testShares(stack, report);
  const verified = await stack.cli('verify', '--originals', '/originals');
  report.check('`verify` finds nothing missing', verified.code === 0, verified.output);
}

/** Each writer has stored images, and images of its own projects alone. */
async function testShares(stack: Stack, report: Report): Promise<void> {
  const told = await stack.dc('logs', '--no-log-prefix', 'writer');
  const shares = [...told.matchAll(/"partitions":(\[\d\])/g)].map(([, share]) => share);
  report.check('each writer has its share', new Set(shares).size === 3, told);
  report.check('and no writer meets another', !told.includes('another writer works on it'), told);
}
