import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toVariableName } from '@cullstream/runtime';
import { waitFor } from '@cullstream/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countVectors, makeExample, toRunArgs, type Example } from './support/example.js';
import { startOpenBroker, type OpenBroker } from './support/open-broker.js';
import { runInProcess } from './support/run-in-process.js';

const SERVICES = ['extractor', 'embedder', 'predictor', 'writer', 'reporter'];
const require = createRequire(new URL('../apps/cli/package.json', import.meta.url));

let folder: string;
let data: string;
let example: Example;
let broker: OpenBroker;
let deployed: ChildProcess[];

/** Services that serve every run at the broker. */
function deploy(): ChildProcess[] {
  const settings = {
    natsUrl: broker.url,
    originals: example.originals,
    data,
    cache: join(folder, 'cache'),
    ...example.models,
    workers: '1',
  };
  const variables = Object.entries(settings).map(([name, value]) => [toVariableName(name), value]);
  const env = { ...process.env, ...(Object.fromEntries(variables) as Record<string, string>) };
  return SERVICES.map((service) =>
    fork(require.resolve(`@cullstream/${service}/main`), {
      env,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    }),
  );
}

async function say<T>(...args: string[]): Promise<T> {
  const result = await runInProcess([...args, '--data', data, '--nats', broker.url, '--json']);
  expect(result.exitCode, result.stderr).toBe(0);
  return JSON.parse(result.stdout) as T;
}

async function begin(project: string): Promise<string> {
  const [, ...args] = toRunArgs(example, data);
  const mode = ['--services', 'deployed', '--detach', '--only', project];
  return (await say<{ run: string }>('run', ...args, ...mode)).run;
}

interface Share {
  run: string;
  state: string;
  messages: { images: number };
}

async function readShare(run: string): Promise<Share | undefined> {
  const { runs } = await say<{ runs: Share[] }>('streams');
  return runs.find((share) => share.run === run);
}

async function untilState(run: string, state: string): Promise<void> {
  await waitFor(async () => (await readShare(run))?.state === state, {
    what: `run ${run} to be ${state}`,
    timeoutMs: 60_000,
    intervalMs: 200,
  });
}

/** Until the extractor has published as far ahead as it does while nobody takes anything. */
async function untilAhead(run: string): Promise<void> {
  let before = 0;
  await waitFor(
    async () => {
      const images = (await readShare(run))?.messages.images ?? 0;
      const isSteady = images > 0 && images === before;
      before = images;
      return isSteady;
    },
    { what: `images of run ${run}`, timeoutMs: 60_000, intervalMs: 1_000 },
  );
}

async function deployAll(): Promise<void> {
  const own = mkdtempSync(join(folder, 'deployment-'));
  data = join(own, 'data');
  broker = await startOpenBroker(join(own, 'broker'));
  const provisioned = await runInProcess(['provision', '--nats', broker.url]);
  expect(provisioned.exitCode, provisioned.stderr).toBe(0);
  deployed = deploy();
}

async function end(): Promise<void> {
  const ended = deployed.map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of deployed) child.kill('SIGTERM');
  await Promise.all(ended);
  await broker.stop();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-deployed-'));
  example = await makeExample(folder, 120);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a paused run at a deployment', () => {
  beforeAll(deployAll);
  afterAll(end);

  it('is passed by others, and goes on when it is resumed', async () => {
    const slow = await begin('first');
    await waitFor(() => countVectors(data) > 0, { what: 'some vectors', timeoutMs: 60_000 });
    expect(await say('pause', slow)).toMatchObject({ state: 'paused' });
    const other = await begin('loose');
    await untilState(other, 'completed');
    expect(await readShare(slow)).toMatchObject({ state: 'paused' });
    expect(countVectors(data)).toBeLessThan((2 * example.images) / 3 - 20);
    const status = ['status', '--nats', broker.url, '--data', join(folder, 'elsewhere'), '--json'];
    const fromOutside = await runInProcess(status);
    expect(JSON.parse(fromOutside.stdout)).toMatchObject({ run: slow, state: 'paused' });
    await say('resume', slow);
    await untilState(slow, 'completed');
  });
});

describe('a cancelled run at a deployment', () => {
  let held: ChildProcess | undefined;

  beforeAll(async () => {
    await deployAll();
    // Nothing is taken: what the stream holds of a run is what the extractor has published.
    held = deployed[SERVICES.indexOf('embedder')];
    held?.kill('SIGSTOP');
  });

  afterAll(async () => {
    held?.kill('SIGCONT');
    await end();
  });

  it('has nothing left to do, and keeps what it has said', async () => {
    const run = await begin('second');
    await untilAhead(run);
    expect(await say('cancel', run)).toMatchObject({ state: 'cancelled' });
    const { state, messages } = (await readShare(run)) ?? {};
    expect({ state, messages }).toEqual({
      state: 'cancelled',
      // That the project was catalogued.
      messages: { images: 0, embeddings: 0, predictions: 0, results: 1 },
    });
  });
});
