import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startS3Server, type S3Server } from '@cullstream/testing/s3-server';
import { dumpDatabases } from './support/dump-databases.js';
import { countVectors, makeExample, toRunArgs, type Example } from './support/example.js';
import { runCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const DONE_WITH_FAILURES = 1;
const USAGE = 2;
const GROUPS = 4;

let folder: string;
let server: S3Server;
let example: Example;
let inBucket: Example;

describe('originals in a bucket', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-s3-'));
    example = await makeExample(folder, GROUPS);
    server = await startS3Server();
    for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);
    await server.putFolder(example.originals, 'some/originals/');
    inBucket = { ...example, originals: `s3://${server.bucket}/some/originals` };
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('give the rows that the same originals in a folder give, and are never written', async () => {
    const near = join(folder, 'near');
    const beside = await runInProcess(toRunArgs(example, near));
    expect(beside.exitCode, beside.stderr).toBe(DONE_WITH_FAILURES);

    server.fail(['busy', 'cut', 'half']);
    const data = join(folder, 'data');
    const run = await runCli(toRunArgs(inBucket, data), server.environment);
    expect(run.exitCode, run.stderr).toBe(DONE_WITH_FAILURES);
    expect(withoutTimes(dumpDatabases(data))).toEqual(withoutTimes(dumpDatabases(near)));
    expect(countVectors(data)).toBe(countVectors(near));
    expect(new Set(server.requests.map(({ method }) => method))).toEqual(new Set(['GET', 'HEAD']));

    const verify = await runInProcess([
      ...['verify', '--data', data, '--originals', inBucket.originals],
    ]);
    expect(verify.exitCode, verify.stderr + verify.stdout).toBe(0);
    for (const said of [run, verify].flatMap(({ stdout, stderr }) => [stdout, stderr])) {
      expect(said).not.toContain(server.environment['AWS_SECRET_ACCESS_KEY']);
    }
  });

  it('are refused before anything starts if they cannot be reached', async () => {
    const { exitCode, stderr } = await runCli(
      ['plan', ...toRunArgs(inBucket, join(folder, 'none')).slice(1)],
      { ...server.environment, AWS_ACCESS_KEY_ID: 'nobody' },
    );
    expect([exitCode, stderr]).toEqual([
      USAGE,
      expect.stringContaining('the credentials of the storage are wrong'),
    ]);
  });
});

/** An image that is an object of its own was modified when it was put there, not when the file was. */
function withoutTimes(dump: Record<string, string[]>): Record<string, string[]> {
  const ofFiles = Object.entries(dump).map(([table, rows]): [string, string[]] => {
    const text = (row: string) =>
      row
        .replace(/\\"modifiedMs\\":[\d.]+/, '')
        .replace(/"catalogue":"[0-9a-f]{16}"/, '"catalogue":""');
    return [table, table.startsWith('loose.db/') ? rows.map(text) : rows];
  });
  return Object.fromEntries(ofFiles);
}
