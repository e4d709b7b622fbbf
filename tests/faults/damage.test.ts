import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedBroker } from '@cullstream/broker';
import { connectBus, readAllEvents, type Bus } from '@cullstream/bus';
import { silentLog } from '@cullstream/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpDatabases } from '../support/dump-databases.js';
import { makeExample, toRunArgs, type Example } from '../support/example.js';
import { findTestServer } from '../support/nats-server.js';
import { runCli } from '../support/run-cli.js';
import { runInProcess, type InProcessResult } from '../support/run-in-process.js';

/** Takes the last of a project's images out of a stream. */
async function loseLastEvent(bus: Bus, stream: string, filter: string): Promise<void> {
  const events: { subject: string; data: Uint8Array }[] = [];
  await readAllEvents(bus, { stream, filter }, ({ subject, data }) => {
    events.push({ subject, data });
  });
  await bus.manager.streams.purge(stream, { filter });
  const publisher = bus.publisher();
  for (const [index, { subject, data }] of events.slice(0, -1).entries()) {
    await publisher.send(subject, data, { id: `again-${index}` });
  }
  await publisher.flush();
}

interface VerifyDocument {
  complete: boolean;
  gaps: string[];
  notes: string[];
  streams: { notes: string[] };
  projects: { project: string; gaps: string[] }[];
  repair?: { requeued: number; setAside: { from: string; to: string }[] };
}

describe('damage to files of the data folder', () => {
  let folder: string;
  let data: string;
  let databases: string;
  let example: Example;
  let undamaged: Record<string, string[]>;

  const given = () => toRunArgs(example, data).slice(1);
  const toDatabasePath = (project: string) => join(databases, `${project}.db`);

  async function verify(
    ...options: string[]
  ): Promise<[number | null, VerifyDocument, InProcessResult]> {
    const args = ['verify', ...given(), '--json', ...options];
    // A repair starts services, here as the built command does.
    const result = await (options.includes('--repair') ? runCli(args) : runInProcess(args));
    expect(result.stderr).not.toMatch(/^ {4}at /m);
    return [result.exitCode, JSON.parse(result.stdout) as VerifyDocument, result];
  }

  function overwrite(path: string, at: number, bytes: Uint8Array): void {
    const file = openSync(path, 'r+');
    writeSync(file, bytes, 0, bytes.length, at);
    closeSync(file);
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-damaged-'));
    data = join(folder, 'data');
    databases = join(data, 'training/ai_training_decisions');
    example = await makeExample(folder, 3);
    const run = await runInProcess(toRunArgs(example, data));
    expect(run.exitCode, run.stderr).toBe(0);
    undamaged = dumpDatabases(data);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('to the end of a stream is noted, over a result that is complete, and costs nothing', async () => {
    const binary = await findTestServer();
    const storeDir = join(data, '.cullstream/broker');
    const broker = await startEmbeddedBroker({ storeDir, binary, log: silentLog });
    const bus = await connectBus({ ...broker, name: 'test', log: silentLog });
    await loseLastEvent(bus, 'IMAGES', 'cull.images.*.first');
    await bus.close();
    await broker.stop();
    const [exitCode, { complete, streams }] = await verify();
    expect([exitCode, complete]).toEqual([0, true]);
    expect(streams.notes).toEqual([
      'first: the stream ends at image 8 of 9, and the database has all of them',
      'first: IMAGES holds 8 events for 9 images, and the database has all of them',
    ]);
  });

  it('in a vector or in the index is found, and made up for', async () => {
    const embeddings = join(data, 'ai_data/embeddings');
    const [first = ''] = readdirSync(embeddings).filter((name) => name.endsWith('.npy'));
    const bytes = readFileSync(join(embeddings, first));
    overwrite(join(embeddings, first), 900, Uint8Array.of((bytes[900] ?? 0) ^ 1));
    const index = join(data, 'ai_data/cache/processed_images.jsonl');
    const lines = readFileSync(index, 'utf8').split('\n');
    const other = lines.findIndex((line) => line !== '' && !line.includes(first));
    lines[other] = lines[other]?.replace('"width":240', '"width":241') ?? '';
    writeFileSync(index, lines.join('\n'));

    const [exitCode, { gaps, notes }] = await verify();
    expect(exitCode).toBe(1);
    const bad = [...gaps.join('\n').matchAll(/(\d) cached vectors? missing or damaged/g)];
    expect(bad.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(2);
    expect(notes).toEqual([expect.stringContaining('1 line of the cache index damaged')]);

    const [repaired, { complete, repair }, { stderr }] = await verify('--repair');
    expect([repaired, complete, repair?.requeued]).toEqual([0, true, 2]);
    expect(stderr).toContain('a cached vector is damaged: computing it again');
    expect(stderr).toContain('1 line of the cache index damaged');
    expect(dumpDatabases(data)).toEqual(undamaged);
    expect(readFileSync(join(embeddings, first)).equals(bytes)).toBe(true);
  });

  it('in a database costs its project alone, until it is made anew', async () => {
    copyFileSync(toDatabasePath('first'), join(folder, 'first.db'));
    const { size } = statSync(toDatabasePath('first'));
    overwrite(toDatabasePath('first'), 4_096, new Uint8Array(size - 4_096).fill(0xa5));
    // Its very header: only the log says whose it was.
    overwrite(toDatabasePath('second'), 0, new Uint8Array(1_024));

    const run = await runCli(toRunArgs(example, data));
    expect(run.exitCode).toBe(1);
    const plan = await runInProcess(['plan', ...given()]);
    const exported = await runInProcess(['export', '--data', data, '--project', 'first']);
    for (const { stdout, stderr } of [run, plan, exported]) {
      expect(stdout + stderr).toMatch(
        /`cullstream verify` with (--)?repair keeps it under another name/,
      );
      expect(stderr).not.toMatch(/^ {4}at /m);
    }

    const [exitCode, { gaps, projects }] = await verify();
    expect(exitCode).toBe(1);
    expect(projects.map(({ project, gaps: own }) => [project, own.length])).toEqual([
      ['first', 1],
      ['loose', 0],
      ['second', 1],
    ]);
    expect(gaps.join('\n')).toMatch(/second: training\S+second.db is damaged/);

    const damaged = readFileSync(toDatabasePath('first'));
    const [repaired, { repair, gaps: left }] = await verify('--repair');
    expect([repaired, left, repair?.requeued]).toEqual([0, [], 18]);
    expect(dumpDatabases(data)).toEqual(undamaged);
    const kept = repair?.setAside[0]?.to ?? '';
    expect(kept).toMatch(/^first\.db\.damaged-\d{8}T\d{6}Z$/);
    expect(readFileSync(join(databases, kept)).equals(damaged)).toBe(true);
  });

  it('to a source, or to a stream, leaves the proof of the rest', async () => {
    writeFileSync(join(example.originals, 'broken.zip'), '<!DOCTYPE html>');
    const store = join(data, '.cullstream/broker');
    const [stream = ''] = readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('EMBEDDINGS'),
    );
    rmSync(join(store, stream), { recursive: true });
    const [exitCode, { gaps, streams, projects }] = await verify();
    expect([exitCode, gaps]).toEqual([1, [expect.stringContaining('broken: its source cannot')]]);
    expect(streams.notes).toEqual([expect.stringContaining('there is no stream EMBEDDINGS')]);
    expect(projects.flatMap((project) => project.gaps)).toEqual([]);
    const shares = await runInProcess(['streams', '--data', data, '--json']);
    expect(shares.stderr).toBe('');
    expect(JSON.parse(shares.stdout)).toMatchObject({ lost: ['EMBEDDINGS'] });
    rmSync(join(example.originals, 'broken.zip'));
  });

  it('to the settings of a stream sets the store aside, and nothing is missing', async () => {
    const store = join(data, '.cullstream/broker');
    const [settings = ''] = readdirSync(store, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('IMAGES/meta.inf'),
    );
    writeFileSync(join(store, settings), '{"');
    const [exitCode, { gaps }] = await verify();
    expect([exitCode, gaps]).toEqual([0, []]);
    const names = readdirSync(join(data, '.cullstream'));
    expect(names.filter((name) => name.startsWith('broker.damaged-'))).toHaveLength(1);
  });

  it('to all originals at once is one gap', async () => {
    const away = [...given()];
    away[away.indexOf('--originals') + 1] = join(folder, 'not-mounted');
    const result = await runInProcess(['verify', ...away, '--json']);
    const { gaps, projects } = JSON.parse(result.stdout) as VerifyDocument;
    expect([result.exitCode, projects.length]).toEqual([1, 3]);
    expect(gaps).toEqual([expect.stringContaining('is its disk connected?')]);
  });
});
