import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@cullstream/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpDatabases } from '../support/dump-databases.js';
import { countVectors, makeExample, toRunArgs, type Example } from '../support/example.js';
import { canMount } from '../support/hanging-folder.js';
import { findBroker, findService, holdService, listProcesses } from '../support/processes.js';
import { runCli, startCli, waitForText } from '../support/run-cli.js';
import { runInProcess } from '../support/run-in-process.js';

const hook = fileURLToPath(new URL('../support/die-while-storing.js', import.meta.url));
const breakWriter = `data:text/javascript,${encodeURIComponent(`
  if (process.argv[1]?.includes('/writer/build/')) {
    throw new Error('no luck today');
  }`)}`;
const INTERRUPTED = 3;

let folder: string;
let example: Example;
let undisturbed: Record<string, string[]>;

/** Guard and nats-server. */
function findOnStore(data: string): number[] {
  return listProcesses()
    .filter(({ command }) => command.includes(join(data, '.cullstream/broker/nats-server.conf')))
    .map(({ pid }) => pid);
}

/** Empty files in `folder`, until its file system takes no more. */
function takeAllInodes(folder: string): void {
  mkdirSync(folder);
  try {
    for (let file = 0; ; file++) writeFileSync(join(folder, String(file)), '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

describe.skipIf(process.platform !== 'linux')('a run', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-processes-'));
    example = await makeExample(folder, 2);
    const data = join(folder, 'undisturbed');
    const { exitCode, stderr } = await runInProcess(toRunArgs(example, data));
    expect(exitCode, stderr).toBe(0);
    undisturbed = dumpDatabases(data);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // Until the disk is tried again, ten seconds pass: meanwhile the others run.
  it.skipIf(!canMount()).concurrent(
    'waits for free inodes, and says that these are missing',
    async () => {
      const disk = join(folder, 'disk');
      mkdirSync(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,nr_inodes=2000', 'none', disk]);
      try {
        const data = join(disk, 'data');
        const run = startCli(toRunArgs(example, data));
        await waitFor(() => countVectors(data) > 2, { what: 'a vector', timeoutMs: 60_000 });
        const filler = join(disk, 'filler');
        takeAllInodes(filler);
        await waitForText(run, 'the disk has no free inodes');
        expect(run.stderr()).not.toMatch(/permission/i);
        rmSync(filler, { recursive: true });
        const { exitCode, stderr } = await run.result;
        expect(exitCode, stderr).toBe(0);
        expect(dumpDatabases(data)).toEqual(undisturbed);
      } finally {
        execFileSync('umount', ['--lazy', disk]);
      }
    },
  );

  it.concurrent('whose service ends whenever it is started tries for some time, and ends with a sentence', async () => {
    const data = join(folder, 'breaking');
    const startedAtMs = performance.now();
    const run = await runCli(toRunArgs(example, data), {
      NODE_OPTIONS: `--import=${breakWriter}`,
    });
    expect(run.exitCode, run.stderr).toBe(INTERRUPTED);
    expect(run.stderr).toMatch(
      /the writer ended 9 times within a minute, at last so: .*no luck today/,
    );
    expect(run.stderr.match(/the writer ended with code 1 and is started again/g)).toHaveLength(8);
    // Longer and longer ones, which together are more than twenty seconds.
    expect(performance.now() - startedAtMs).toBeGreaterThan(20_000);
  });

  it.concurrent('that is killed as its broker starts leaves nobody behind on the store', async () => {
    const data = join(folder, 'killed');
    const run = startCli(toRunArgs(example, data));
    await waitFor(() => findOnStore(data).length > 0, {
      what: 'the guard',
      timeoutMs: 20_000,
      intervalMs: 2,
    });
    run.child.kill('SIGKILL');
    await run.result;
    await waitFor(() => findOnStore(data).length === 0, { what: 'its end', timeoutMs: 20_000 });
    const again = await runCli(toRunArgs(example, data));
    expect(again.exitCode, again.stderr).toBe(0);
    expect(dumpDatabases(data)).toEqual(undisturbed);
  });

  it.concurrent('is paused while its broker is started again, and what a killed writer left is removed', async () => {
    const data = join(folder, 'paused');
    const embeddings = join(data, 'ai_data/embeddings');
    const unfinished = () => readdirSync(embeddings).filter((name) => name.endsWith('.tmp'));
    const run = startCli(toRunArgs(example, data), {
      NODE_OPTIONS: `--import=${hook}`,
      DIE_WHILE_STORING: join(folder, 'has-died'),
    });
    await waitFor(() => unfinished().length > 0, { what: 'half a vector', timeoutMs: 60_000 });
    // Of the embedder that comes in its place: so that there is something left to pause.
    const release = await holdService(run.child.pid ?? 0, 'embedder');
    for (const pid of findBroker(data)) process.kill(pid, 'SIGKILL');
    const paused = await runCli(['pause', '--data', data]);
    expect(paused.exitCode, paused.stderr).toBe(0);
    release();
    await waitFor(() => findService(run.child.pid ?? 0, 'writer').length === 0, {
      what: 'the pause',
      timeoutMs: 20_000,
    });
    run.child.kill('SIGKILL');
    const { stderr } = await run.result;
    expect(stderr + paused.stderr).not.toMatch(/^ {4}at |nobody expected/m);
    const again = await runCli(toRunArgs(example, data));
    expect(again.exitCode, again.stderr).toBe(0);
    expect(unfinished()).toEqual([]);
    expect(dumpDatabases(data)).toEqual(undisturbed);
  });
});
