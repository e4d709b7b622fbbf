import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startS3Server, type S3Server } from '@cullstream/testing/s3-server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dumpDatabases } from './support/dump-databases.js';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { pretendFailures } from './support/pretend-failures.js';
import { runCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

let folder: string;
let server: S3Server;
let example: Example;
let vectors: string;

/** Arguments for a machine with a data folder and a cache folder of its own. */
const onMachine = (machine: string) => [
  ...toRunArgs(example, join(folder, machine)),
  ...['--cache', join(folder, `${machine}-cache`), '--vectors', vectors],
];

function readDecisions(machine: string) {
  const dump = Object.entries(dumpDatabases(join(folder, machine)));
  return dump.filter(([table]) => table.endsWith('/ai_decisions'));
}

async function run(machine: string, more: readonly string[] = []) {
  const result = await runCli([...onMachine(machine), '--json', ...more], server.environment);
  expect(result.exitCode, result.stderr).toBe(0);
  const { images } = JSON.parse(result.stdout) as { images: Record<string, number> };
  return { ...result, images };
}

describe('embeddings in a bucket', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-vectors-'));
    example = await makeExample(folder, 1);
    server = await startS3Server();
    for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);
    vectors = `s3://${server.bucket}/shared/vectors`;
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are computed by one machine and used by another, but for one that was damaged', async () => {
    const first = await run('first');
    expect(first.images).toMatchObject({ embedded: example.images, cached: 0 });
    expect(first.stderr).toContain(`new embeddings are packed, and shared in ${vectors}`);
    const key = (await server.keys()).find((each) => each.endsWith('.f32')) ?? '';
    const bytes = await server.get(key);
    await server.put(key, bytes.with(1_000, (bytes[1_000] ?? 0) ^ 1));

    const second = await run('second');
    expect(second.images).toMatchObject({ embedded: 1, cached: example.images - 1 });
    expect(second.stderr).toContain('a cached vector is damaged');
    expect(readDecisions('second')).toEqual(readDecisions('first'));
    for (const said of [first, second].flatMap(({ stdout, stderr }) => [stdout, stderr])) {
      expect(said).not.toContain(server.environment['AWS_SECRET_ACCESS_KEY']);
    }
  });

  it('serve images that are tried again, and are not computed anew', async () => {
    const before = readDecisions('second');
    pretendFailures(join(folder, 'second/training/ai_training_decisions/first.db'), 1);
    rmSync(join(folder, 'second/ai_data/embeddings'), { recursive: true });
    rmSync(join(folder, 'second-cache'), { recursive: true });
    const keys = await server.keys();
    const retry = ['dead', 'retry', ...onMachine('second').slice(1), '--json'];
    const retried = await runCli(retry, server.environment);
    expect(retried.exitCode, retried.stderr).toBe(0);
    expect(JSON.parse(retried.stdout)).toEqual({ tried: 1, repaired: 1, failed: [] });
    expect(readDecisions('second')).toEqual(before);
    expect(await server.keys()).toEqual(keys);
  });

  it('are replayed from, and compared with the images', async () => {
    const before = readDecisions('second');
    // Whatever this machine computed or read is in the bucket.
    rmSync(join(folder, 'second/ai_data/embeddings'), { recursive: true });
    rmSync(join(folder, 'second-cache'), { recursive: true });
    const replay = ['replay', ...onMachine('second').slice(1), '--from', 'images', '--json'];
    const replayed = await runCli(replay, server.environment);
    expect(replayed.exitCode, replayed.stderr).toBe(0);
    const { images } = JSON.parse(replayed.stdout) as { images: Record<string, number> };
    expect(images).toMatchObject({ embedded: 0, cached: example.images });
    expect(readDecisions('second')).toEqual(before);
    const full = await runInProcess(['verify', ...onMachine('second').slice(1), '--full', '4']);
    expect(full.exitCode, full.stdout + full.stderr).toBe(0);
  });

  it('are proved where no other copy is', async () => {
    const verify = (machine: string) => runInProcess(['verify', ...onMachine(machine).slice(1)]);
    const sound = await verify('second');
    expect(sound.exitCode, sound.stdout + sound.stderr).toBe(0);
    const key = (await server.keys()).find((each) => each.endsWith('.jsonl')) ?? '';
    await server.remove(key);
    const found = await verify('second');
    expect(found.exitCode).toBe(1);
    expect(found.stdout).toContain('first: 3 cached vectors missing or damaged');
  });
});
