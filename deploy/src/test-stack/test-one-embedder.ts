import { waitFor } from '@cullstream/testing';
import { cullstreamHere } from './local-run.js';
import type { Report } from './report.js';
import { compareRows, countRows, readRows } from './rows.js';
import type { Stack, TestSet } from './stack.js';

const A_MINUTE_MS = 60_000;

/** Tests a run with one embedder. An embedder and the broker are killed while it is under way. */
export async function testOneEmbedder(
  stack: Stack,
  { report, images, expected }: TestSet,
): Promise<void> {
  await stack.up();
  report.check('every service is healthy, with one embedder', true);
  report.check('the reporter answers at its port', (await stack.ask('/readyz')).status === 200);
  const following = stack.cli('run', '--json');
  await stack.untilStored(images / 8);
  await stack.kill('embedder');
  await stack.untilStored(images / 5);
  await statusFromOutside(stack, report);
  await stack.kill('nats');
  const stored = await stack.countStored();
  report.check(`both are killed in mid-run, at ${stored} of ${images}`, stored < images * 0.9);
  const { code, output } = await following;
  // Some images are damaged on purpose.
  report.check('the batch ends by itself, an embedder and the broker killed', code === 1, output);
  const difference = compareRows(await readRows(stack.dataDir()), expected);
  report.check(
    `its ${countRows(expected)} rows are those of a local run`,
    difference === '',
    difference,
  );
  const { text } = await stack.ask('/metrics');
  report.check('the reporter counts it', /cullstream_runs_completed_total\S* 1/.test(text), text);
  await testHealth(stack, report);
}

async function statusFromOutside(stack: Stack, report: Report): Promise<void> {
  const here = await cullstreamHere([
    ...['status', '--nats', await stack.brokerUrl(), '--data', `${stack.dataDir()}-nowhere`],
    ...['--nats-seed-file', `${stack.keysDir}/operator.seed`],
  ]);
  report.check(
    '`cullstream status --nats` follows it from outside',
    here.includes(', running, '),
    here,
  );
  const { output } = await stack.cli('status');
  report.check('and so does `status` in the deployment', output.includes(', running, '), output);
}

async function testHealth(stack: Stack, report: Report): Promise<void> {
  const becomes = (status: number) =>
    waitFor(async () => (await stack.ask('/readyz')).status === status, {
      what: `a reporter that answers ${status}`,
      timeoutMs: A_MINUTE_MS,
      intervalMs: 200,
    });
  await stack.dc('stop', 'nats');
  await becomes(503);
  const { text } = await stack.ask('/readyz');
  report.check('without its broker the reporter says that it is not ready', text !== '', text);
  await stack.dc('start', 'nats');
  await becomes(200);
  report.check('and is ready when it is back', true);
}
