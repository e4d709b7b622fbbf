import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@cullstream/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceNames, startService, toVariables } from './support/deployed-services.js';
import { dumpDatabases } from './support/dump-databases.js';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { startPlainBroker, type PlainBroker } from './support/plain-broker.js';
import { runCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';
import { freePort } from '@cullstream/broker';

type ServiceName = (typeof serviceNames)[number];
const DONE_WITH_FAILURES = 1;
const SOON = { timeoutMs: 60_000, intervalMs: 100 };

let folder: string;
let example: Example;
let data: string;
let broker: PlainBroker;
let services: ReturnType<typeof startService>[] = [];
const ports = {} as Record<ServiceName, number>;

async function ask(name: ServiceName, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${ports[name]}${path}`);
  return { status: response.status, text: await response.text() };
}

/** What a service says is wrong, by the name of the check; empty when it is ready. */
async function troubles(name: ServiceName): Promise<Record<string, string>> {
  const { status, text } = await ask(name, '/readyz');
  const checks = Object.entries(JSON.parse(text) as Record<string, string>);
  const found = Object.fromEntries(checks.filter(([, outcome]) => outcome !== 'ok'));
  expect(status).toBe(Object.keys(found).length === 0 ? 200 : 503);
  return found;
}

async function untilTroubled(expected: Partial<Record<ServiceName, string[]>>): Promise<void> {
  const isSo = async (name: ServiceName) =>
    Object.keys(await troubles(name)).join() === (expected[name] ?? []).join();
  await waitFor(async () => (await Promise.all(serviceNames.map(isSo))).every(Boolean), {
    what: `troubles ${JSON.stringify(expected)}`,
    ...SOON,
  });
}

/**
 * Answers every state of a run with some that are none, of another run, and an end that is not true.
 * @returns how many lies were told
 */
async function lieAboutStates(): Promise<() => number> {
  const { connection } = await broker.connect();
  const told = new Set<string>();
  connection.subscribe('cull.status.*', {
    callback: (_error, message) => {
      const { subject } = message;
      const truth = message.string();
      if (told.has(truth)) return;
      const status = JSON.parse(truth) as object;
      const end = { ...status, state: 'completed', lie: true };
      const ofAnother = { ...end, run: '20250101T000000Z-0000' };
      const lies = ['', 'no state', '{}', '[null]', JSON.stringify(end), JSON.stringify(ofAnother)];
      for (const lie of lies) {
        told.add(lie);
        connection.publish(subject, lie);
      }
    },
  });
  return () => told.size;
}

describe('deployed services', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-health-'));
    example = await makeExample(folder, 4);
    data = join(folder, 'data');
    broker = await startPlainBroker(folder);
    const provisioned = await runInProcess(['provision', '--nats', broker.url, '--embedders', '1']);
    expect(provisioned.exitCode, provisioned.stderr).toBe(0);
    const variables = toVariables(example, data, broker.url);
    for (const name of serviceNames) ports[name] = await freePort();
    services = serviceNames.map((name) =>
      startService(name, { ...variables, CULL_HEALTH_PORT: String(ports[name]) }),
    );
    await untilTroubled({});
  });

  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('do batches at once as a local run does them, whatever a stranger says of their states', async () => {
    const told = await lieAboutStates();
    const alone = join(folder, 'alone');
    const deployed = ['--nats', broker.url, '--services', 'deployed'];
    const runs = await Promise.all([
      runCli([...toRunArgs(example, data), ...deployed, '--only', 'first']),
      runCli([...toRunArgs(example, data), ...deployed, '--skip', 'first']),
      runInProcess(toRunArgs(example, alone)),
    ]);
    for (const run of runs) expect(run.exitCode, run.stderr).toBe(DONE_WITH_FAILURES);
    expect(dumpDatabases(data)).toEqual(dumpDatabases(alone));
    expect(told()).toBeGreaterThan(0);
  });

  it('have what they warn of in the summary, wherever they log', async () => {
    const embeddings = join(data, 'ai_data/embeddings');
    const [vector = ''] = readdirSync(embeddings).filter((name) => name.endsWith('.npy'));
    const bytes = readFileSync(join(embeddings, vector));
    bytes.writeUInt8(bytes.readUInt8(200) ^ 1, 200);
    writeFileSync(join(embeddings, vector), bytes);
    rmSync(join(data, 'training'), { recursive: true });
    // The command itself warns of this one, before the run begins: no service is told of it in time.
    writeFileSync(join(data, '.cullstream/projects.json'), 'torn');
    const deployed = ['--nats', broker.url, '--services', 'deployed', '--json'];
    const { stdout } = await runCli([...toRunArgs(example, data), ...deployed]);
    const { warnings } = JSON.parse(stdout) as { warnings: string[] };
    expect(warnings).toContainEqual(expect.stringContaining(vector));
    expect(warnings.filter((each) => each.includes('projects.json is damaged'))).toHaveLength(1);
  });

  it('tell durations of every stage, outcomes, batches, lag and themselves', async () => {
    const texts = await Promise.all(serviceNames.map((name) => ask(name, '/metrics')));
    const text = texts.map((each) => each.text).join('');
    const imageStages = ['read', 'inflate', 'hash', 'decode', 'resample'];
    for (const stage of [...imageStages, 'infer', 'publish', 'commit']) {
      for (const sample of ['stage_seconds_count', 'stage_bytes_total']) {
        const told = `cullstream_${sample}\\{[^}]*stage="${stage}"[^}]*\\} [1-9]`;
        expect(text).toMatch(new RegExp(told));
      }
    }
    for (const [name, labels] of [
      ['images_total', 'outcome="stored"'],
      ['images_total', 'outcome="failed"'],
      ['batch_images_count', 'service="predictor"'],
      ['batch_images_count', 'service="writer"'],
      ['consumer_lag_messages', 'consumer="writer"'],
      ['redeliveries_total', 'service="embedder"'],
      ['dead_letters_total', 'service="embedder"'],
    ]) {
      expect(text).toMatch(new RegExp(`cullstream_${name ?? ''}\\{[^}]*${labels ?? ''}`));
    }
    for (const name of serviceNames) {
      expect(text).toContain(`process_resident_memory_bytes{service="${name}"}`);
      expect(text).toContain(`nodejs_eventloop_lag_p99_seconds{service="${name}"}`);
    }
  });

  it.each([
    ['data', { embedder: ['cache'], writer: ['databases'], reporter: ['data'] }],
    ['originals', { extractor: ['originals'], embedder: ['originals'] }],
  ])('say so while the folder of the %s cannot be used', async (name, expected) => {
    const path = join(folder, name);
    renameSync(path, `${path}-away`);
    writeFileSync(path, 'no folder');
    await untilTroubled(expected);
    rmSync(path);
    renameSync(`${path}-away`, path);
    await untilTroubled({});
  });

  it('say so while the broker is away, and are ready when it is back', async () => {
    const { port } = new URL(broker.url);
    await broker.stop();
    await untilTroubled(Object.fromEntries(serviceNames.map((name) => [name, ['broker']])));
    broker = await startPlainBroker(folder, Number(port));
    await untilTroubled({});
  });
});
