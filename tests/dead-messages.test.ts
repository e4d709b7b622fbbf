import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBus, readLastEvent, type Bus } from '@cullstream/bus';
import { toSubject } from '@cullstream/contracts';
import { silentLog, waitFor } from '@cullstream/testing';
import { dumpDatabases } from './support/dump-databases.js';
import { readBroker } from './support/read-broker.js';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { hostileMessages, publishHostile } from './support/hostile-messages.js';
import { runCli, startCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const GIVEN_UP = 1;
const PROJECTS = ['first', 'loose', 'second'];
/** Those whose messages are handled one by one: embedder, predictor, writer. */
const READING_STAGES = 3;

interface Letter {
  id: string;
  reason: string;
  kind?: string;
  image?: string;
  project_id?: string;
}
interface Summary {
  images: { total: number; failed: number };
  groups: { total: number; decided: number };
  projects: { project_id: string }[];
  dead_letters: Letter[];
}

let folder: string;
let example: Example;
let data: string;
let summary: Summary;
let text: string;

/** As somebody else's tool with a limit of its own does: takes a message and never answers. */
async function leaveUnanswered(bus: Bus, subject: string): Promise<void> {
  const durable = 'visitor';
  await bus.manager.consumers.add('IMAGES', {
    durable_name: durable,
    filter_subject: subject,
    ack_policy: 'explicit',
    max_deliver: 1,
    max_ack_pending: 1,
    ack_wait: 100_000_000,
  });
  const consumer = await bus.jetstream.consumers.get('IMAGES', durable);
  const messages = await consumer.consume({ max_messages: 1, callback: () => undefined });
  await waitFor(() => readLastEvent(bus, 'ADVISORIES', '$JS.EVENT.>'), {
    what: 'the server to announce used-up deliveries',
    timeoutMs: 30_000,
  });
  await messages.close();
  await bus.manager.consumers.delete('IMAGES', durable);
}

async function disturb(): Promise<void> {
  const { url, run, ...credentials } = await readBroker(data);
  const bus = await connectBus({ url, credentials, name: 'test', log: silentLog });
  await publishHostile(bus, run, 'second');
  await leaveUnanswered(bus, toSubject('images', run, 'first'));
  await bus.close();
}

async function listMessages(): Promise<Letter[]> {
  const result = await runInProcess(['dead', 'list', '--data', data, '--json']);
  const { entries } = JSON.parse(result.stdout) as { entries: Letter[] };
  return entries.filter(({ kind }) => kind === 'message');
}

describe('messages that are given up during a run', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-messages-'));
    example = await makeExample(folder, 3);
    data = join(folder, 'data');
    const run = startCli(toRunArgs(example, data));
    await disturb();
    const result = await run.result;
    expect(result.exitCode, result.stderr).toBe(GIVEN_UP);
    text = result.stdout;
    const path = /report: (.*)\.html/.exec(text)?.[1] ?? '';
    summary = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as Summary;
    expect(readFileSync(`${path}.html`, 'utf8')).toContain('Messages given up');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('stand in the summary, those that the server gave up among them', () => {
    const letters = summary.dead_letters.map(({ reason, project_id: name }) => `${name} ${reason}`);
    expect(new Set(letters)).toEqual(new Set(['second malformed-event', 'first max-deliveries']));
    expect(letters.filter((letter) => letter.startsWith('second'))).toHaveLength(
      READING_STAGES * hostileMessages,
    );
    expect(text).toMatch(/second: message m\d+ was given up by the \w+ \(malformed-event\)/);
  });

  it('change no result, whatever was said on every subject', () => {
    expect(summary.images).toMatchObject({ total: example.images, failed: 0 });
    expect(summary.groups.decided).toBe(summary.groups.total);
    expect(summary.projects.map(({ project_id: name }) => name).sort()).toEqual(PROJECTS);
    const databases = Object.keys(dumpDatabases(data)).map((table) => dirname(table));
    expect(new Set(databases)).toEqual(new Set(PROJECTS.map((name) => `${name}.db`)));
  });

  it('are in the list of dead letters under the same ids', async () => {
    const listed = (await listMessages()).map(({ id, reason }) => ({ id, reason }));
    expect(listed).toEqual(summary.dead_letters.map(({ id, reason }) => ({ id, reason })));
  });

  it('are gone from it when they succeed, and stay when they do not', async () => {
    const [, ...options] = toRunArgs(example, data);
    const retried = await runCli(['dead', 'retry', ...options, '--json']);
    expect(retried.exitCode, retried.stderr).toBe(GIVEN_UP);
    const reasons = (await listMessages()).map(({ reason }) => reason);
    expect(reasons).toHaveLength(READING_STAGES * hostileMessages);
    expect(new Set(reasons)).toEqual(new Set(['malformed-event']));
  });
});
