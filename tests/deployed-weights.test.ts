import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  askRecipes,
  connectBus,
  toInboxPrefix,
  readSeedFile,
  streams,
  type Bus,
} from '@cullstream/bus';
import type { WeightedService } from '@cullstream/contracts';
import { buildDemoCheckpoints, buildDemoEncoderCheckpoint } from '@cullstream/inference';
import { openRunRecords } from '@cullstream/runtime';
import { silentLog, waitFor } from '@cullstream/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startService, toVariables, type ServiceProcess } from './support/deployed-services.js';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { startPlainBroker, type PlainBroker } from './support/plain-broker.js';
import { pretendFailures } from './support/pretend-failures.js';
import { runInProcess } from './support/run-in-process.js';

const USAGE = 2;

let folder: string;
let example: Example;
let data: string;
let broker: PlainBroker;
let bus: Bus;
/** Weights of the same names as those of the example. */
let others: { readonly ranker: string; readonly crop: string };
let services: ServiceProcess[] = [];

const toKeyPath = (user: string) => join(folder, 'keys', `${user}.seed`);
const access = (user: string) => ['--nats', broker.url, '--nats-seed-file', toKeyPath(user)];

function deploy(name: WeightedService, changed: Record<string, string> = {}): ServiceProcess {
  const own = { CULL_NATS_SEED_FILE: toKeyPath(name), CULL_CACHE: join(folder, 'cache') };
  const service = startService(name, {
    ...toVariables(example, data, broker.url),
    ...own,
    ...changed,
  });
  services.push(service);
  return service;
}

async function untilAnswering(expected: Record<WeightedService, number>): Promise<void> {
  for (const [service, count] of Object.entries(expected) as [WeightedService, number][]) {
    await waitFor(async () => (await askRecipes(bus, service)).length === count, {
      what: `${count} answers of ${service}s`,
      timeoutMs: 60_000,
    });
  }
}

/** Runs and messages at the broker. */
async function countPublished(): Promise<number> {
  let count = (await (await openRunRecords(bus)).list()).size;
  for (const { name } of Object.values(streams)) {
    count += (await bus.manager.streams.info(name)).state.messages;
  }
  return count;
}

function toArgs(...command: string[]): string[] {
  const [, ...args] = toRunArgs(example, data);
  const cache = ['--cache', join(folder, 'cache')];
  return [...command, ...args, ...cache, ...access('operator'), '--services', 'deployed'];
}

/** What the data folder has no results of yet. */
const other = () => ['--ranker', others.ranker];

/** What a command that leaves the work to the services says where it is refused. */
async function readRefusal(args: readonly string[]): Promise<string> {
  const before = await countPublished();
  const { exitCode, stderr } = await runInProcess(args);
  expect(exitCode, stderr).toBe(USAGE);
  expect(await countPublished()).toBe(before);
  return stderr;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-weights-'));
  const made = await makeExample(folder, 2);
  const embedder = join(folder, 'tower.pt');
  const format = 'torch-zip';
  await buildDemoEncoderCheckpoint({ seed: 5, size: 'small', path: embedder, format });
  example = { ...made, models: { ...made.models, embedder } };
  data = join(folder, 'data');
  others = await buildDemoCheckpoints({ seed: 3, dir: join(folder, 'others') });
  const own = await runInProcess([...toRunArgs(example, data), '--cache', join(folder, 'cache')]);
  expect(own.exitCode, own.stderr).toBe(0);
  await runInProcess(['keys', '--out', join(folder, 'keys')]);
  broker = await startPlainBroker(folder, undefined, join(folder, 'keys/authorization.conf'));
  const provisioned = await runInProcess(['provision', ...access('provisioner')]);
  expect(provisioned.exitCode, provisioned.stderr).toBe(0);
  bus = await connectBus({
    url: broker.url,
    seed: await readSeedFile(toKeyPath('operator')),
    inboxPrefix: toInboxPrefix('operator'),
    name: 'test',
    log: silentLog,
  });
});

afterEach(async () => {
  await Promise.all(services.map((service) => service.stop()));
  services = [];
});

afterAll(async () => {
  await bus.close();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('a run, a replay and a retry with other weights than the services have are refused', async () => {
  deploy('embedder');
  deploy('predictor');
  await untilAnswering({ embedder: 1, predictor: 1 });
  pretendFailures(join(data, 'training/ai_training_decisions/second.db'), 1);
  const name = basename(others.ranker);
  const difference = new RegExp(
    `the deployed predictor on \\S+: ranker: the run has ${name} \\(SHA-256 (\\w{12}), .*\\), ` +
      `the service ${name} \\(SHA-256 (?!\\1)\\w{12}, `,
  );
  const images = ['--from', 'images'];
  expect(await readRefusal([...toArgs('run'), ...other()])).toMatch(difference);
  expect(await readRefusal([...toArgs('replay'), ...other()])).toMatch(difference);
  expect(await readRefusal([...toArgs('replay'), ...other(), ...images])).toMatch(difference);
  expect(await readRefusal([...toArgs('dead', 'retry'), ...other()])).toMatch(difference);
  const crop = await readRefusal([...toArgs('run'), '--crop', others.crop]);
  expect(crop).toContain('crop proposer: the run has');
});

it('one of several embedders with other vectors is enough, and what differs is said', async () => {
  deploy('embedder');
  deploy('embedder', { CULL_PREPROCESS: 'fast' });
  deploy('embedder', { CULL_ACTIVATION: 'gelu' });
  await untilAnswering({ embedder: 3, predictor: 0 });
  const refusal = await readRefusal([...toArgs('run'), ...other()]);
  expect(refusal.match(/the deployed embedder/g)).toHaveLength(2);
  expect(refusal).toMatch(/the run has .*, exact-1, fp32\), the service .*, fast-2, fp32\)/);
  expect(refusal).toMatch(/the run has .*, exact-1, fp32\), the service .*, fp32, gelu\)/);
});

it('a service with other weights does not start beside a run that is under way', async () => {
  const begun = await runInProcess([...toArgs('run'), ...other(), '--detach', '--json']);
  const { run } = JSON.parse(begun.stdout) as { run: string };
  const { exitCode, log } = await deploy('predictor').ended;
  expect(exitCode).toBe(USAGE);
  expect(log).toContain(`run ${run} was planned with other models than this predictor has: ranker`);
  const gelu = ['--embedder', example.models.embedder, '--activation', 'gelu'];
  const place = ['--data', data, '--cache', join(folder, 'cache'), ...access('operator')];
  const joined = await runInProcess(['embedder', ...place, ...gelu]);
  expect(joined.exitCode).toBe(USAGE);
  expect(joined.stderr).toMatch(new RegExp(`run ${run} embeds with .*; this embedder has .*gelu`));
  // It has nothing to say of a run that is paused, until that is to go on.
  const control = [run, '--data', data, ...access('operator')];
  await runInProcess(['pause', ...control]);
  deploy('predictor');
  await untilAnswering({ embedder: 0, predictor: 1 });
  const resumed = await readRefusal(['resume', ...control]);
  expect(resumed).toMatch(/the deployed predictor on .*ranker: the run has .*\n.*stays paused/s);
  const { state } = (await (await openRunRecords(bus)).get(run)) ?? {};
  expect(state).toBe('paused');
  await runInProcess(['cancel', ...control]);
});

it('a broker whose users are of an older version lets the run begin, with a warning', async () => {
  const config = join(folder, 'keys/authorization.conf');
  const older = readFileSync(config, 'utf8').replaceAll(/"cull\.recipes\.\w+"/g, '"cull.unknown"');
  writeFileSync(config, older);
  const { port } = new URL(broker.url);
  await broker.stop();
  broker = await startPlainBroker(folder, Number(port), config);
  deploy('predictor', { CULL_RANKER: others.ranker });
  await waitFor(
    async () => (await bus.manager.consumers.info('EMBEDDINGS', 'predictor')).num_waiting > 0,
    { what: 'the predictor to ask for messages', timeoutMs: 60_000 },
  );
  const { exitCode, stdout, stderr } = await runInProcess([
    ...toArgs('run'),
    ...other(),
    '--detach',
    '--json',
  ]);
  expect(exitCode, stderr).toBe(0);
  // For the summary, whoever writes it and however soon.
  const { run } = JSON.parse(stdout) as { run: string };
  const record = await (await openRunRecords(bus)).get(run);
  expect(record?.warnings).toContainEqual(
    expect.stringContaining('the deployed predictor does not say which weights it has'),
  );
});
