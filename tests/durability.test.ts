import { execFileSync, spawnSync, type ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toRunStart } from '@cullstream/store';
import { waitFor } from '@cullstream/testing';
import { dumpDatabases } from './support/dump-databases.js';
import {
  countLogLines,
  countVectors,
  makeExample,
  toRunArgs,
  type Example,
} from './support/example.js';
import { hashTree } from './support/hash-tree.js';
import { pretendFailures } from './support/pretend-failures.js';
import { holdService } from './support/processes.js';
import { runCli, startCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const DONE_WITH_FAILURES = 1;
const USAGE = 2;
const GROUPS_PER_PROJECT = 10;
/** Images whose failure is pretended: enough that a retry takes some seconds. */
const TRIED_AGAIN = 20;
const MOUNT_BYTES = 64_000_000;
const MOUNT_FILES = 2_000;

const canMount = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'cullstream-mount-'));
  const mounted =
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder]).status === 0;
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
})();

function mountSmall(): { readonly folder: string } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), 'cullstream-mount-'));
  execFileSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${MOUNT_BYTES},nr_inodes=${MOUNT_FILES}`,
    'none',
    folder,
  ]);
  return {
    folder,
    [Symbol.dispose]: () => {
      // Lazily, for a failed test may have left something running there.
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** The environment of a command, and of the services it starts, whose clock is a day late. */
const yesterday = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`
    const Today = Date;
    const now = () => Today.now() - 86_400_000;
    globalThis.Date = class Date extends Today {
      constructor(...given) { super(...(given.length === 0 ? [now()] : given)); }
      static now() { return now(); }
    };`)}`,
};

/** Takes every byte that is left. */
function fill(folder: string): string {
  const ballast = join(folder, 'ballast');
  const piece = Buffer.alloc(1_000_000);
  expect(() => {
    for (;;) appendFileSync(ballast, piece);
  }).toThrow(/ENOSPC/);
  return ballast;
}

/** Takes every file that there is room for, and leaves the bytes. */
function takeInodes(folder: string): string {
  const ballast = join(folder, 'ballast');
  mkdirSync(ballast);
  expect(() => {
    for (let file = 0; ; file++) writeFileSync(join(ballast, String(file)), '');
  }).toThrow(/ENOSPC/);
  return ballast;
}

/** Fills the disk until the command says so, which must wait then, and makes room again. */
async function fillUntilTold(
  folder: string,
  child: ChildProcess,
  take: (folder: string) => string,
  word: RegExp,
): Promise<void> {
  let told = '';
  child.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString('utf8')));
  const ballast = take(folder);
  await waitFor(() => word.test(told), {
    what: 'word of the full disk',
    timeoutMs: 60_000,
  });
  expect(child.exitCode).toBeNull();
  expect(told).not.toMatch(/permission/i);
  rmSync(ballast, { recursive: true });
}

describe.skipIf(process.platform !== 'linux')('a data folder', () => {
  let folder: string;
  let example: Example;
  let undisturbed: Record<string, string[]>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-durability-'));
    example = await makeExample(folder, GROUPS_PER_PROJECT);
    const data = join(folder, 'undisturbed');
    const result = await runInProcess(toRunArgs(example, data));
    expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
    undisturbed = dumpDatabases(data);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // Both wait for most of their time, until what was not acknowledged is delivered again.
  it.skipIf(!canMount).concurrent(
    'that runs full in the middle of a run pauses it, and it ends right when there is space again',
    async () => {
      using mount = mountSmall();
      const data = join(mount.folder, 'data');
      const run = startCli(toRunArgs(example, data));
      await waitFor(() => countVectors(data) > example.images / 5, {
        what: 'a fifth of the vectors',
        timeoutMs: 60_000,
      });
      await fillUntilTold(mount.folder, run.child, fill, /the disk is full: free some space/);
      const result = await run.result;
      expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
      expect(dumpDatabases(data)).toEqual(undisturbed);
      expect(countLogLines(data)).toEqual({ first: 1, loose: 1, second: 1 });
      // Once a service, not once a message.
      const warnings = result.stderr.match(/to be delivered again/g) ?? [];
      expect(warnings.length).toBeLessThan(10);
    },
  );

  it.skipIf(!canMount).concurrent(
    'that runs out of inodes while images are tried again pauses that, too',
    async () => {
      using mount = mountSmall();
      const data = join(mount.folder, 'data');
      cpSync(join(folder, 'undisturbed'), data, { recursive: true });
      pretendFailures(join(data, 'training/ai_training_decisions/first.db'), TRIED_AGAIN);
      const embeddings = join(data, 'ai_data/embeddings');
      rmSync(embeddings, { recursive: true });
      const [, ...options] = toRunArgs(example, data);
      const retry = startCli(['dead', 'retry', ...options, '--reason', 'file-missing']);
      await waitFor(() => countVectors(data) > 0, { what: 'a vector', timeoutMs: 60_000 });
      // Else all might be done before the last file is taken.
      const release = await holdService(retry.child.pid ?? 0, 'embedder');
      const takeThenGoOn = (place: string) => {
        const ballast = takeInodes(place);
        release();
        return ballast;
      };
      await fillUntilTold(mount.folder, retry.child, takeThenGoOn, /the disk has no free inodes/);
      const result = await retry.result;
      expect(result.exitCode, result.stderr).toBe(0);
      expect(dumpDatabases(data)).toEqual(undisturbed);
    },
  );

  it.skipIf(!canMount)('that is read-only is refused, and nothing is written', async () => {
    using mount = mountSmall();
    const data = join(mount.folder, 'data');
    mkdirSync(data);
    execFileSync('mount', ['-o', 'remount,ro', mount.folder]);
    const result = await runCli(toRunArgs(example, data));
    expect(result.exitCode).toBe(USAGE);
    expect(result.stderr).toMatch(/data cannot be written: .*read-only/i);
    expect(readdirSync(data)).toEqual([]);
  });

  it.concurrent(
    'in which another cullstream works is refused by naming it, and worked on when it is gone, ' +
      'though the clock has gone back a day',
    async () => {
      const data = join(folder, 'shared');
      const first = startCli(toRunArgs(example, data));
      await waitFor(() => countVectors(data) > 0, { what: 'a vector', timeoutMs: 60_000 });
      // Else all might be done before the next command is there.
      const release = await holdService(first.child.pid ?? 0, 'embedder');
      first.child.kill('SIGSTOP');
      const second = await runCli(toRunArgs(example, data));
      expect(second.exitCode).toBe(USAGE);
      const owner = `another cullstream works there (pid ${first.child.pid ?? ''} on ${hostname()}, since`;
      expect(second.stderr).toContain(owner);
      first.child.kill('SIGKILL');
      release();
      await first.result;
      expect(readFileSync(join(data, '.cullstream/lock.json'), 'utf8')).toContain(
        String(first.child.pid),
      );
      const resumed = await runCli(toRunArgs(example, data), yesterday);
      expect(resumed.exitCode, resumed.stderr).toBe(DONE_WITH_FAILURES);
      expect(resumed.stderr).toContain('resuming run');
      expect(dumpDatabases(data)).toEqual(undisturbed);
      expect(Object.keys(hashTree(join(data, '.cullstream')))).not.toContain('lock.json');
      // Only the databases know the newest run then.
      rmSync(join(data, '.cullstream/broker'), { recursive: true });
      const other = await runCli(
        [...toRunArgs(example, data), '--features', 'legacy-batch'],
        yesterday,
      );
      expect(other.exitCode, other.stderr).toBe(DONE_WITH_FAILURES);
      expect(other.stderr).toMatch(
        /still have \d+ decisions of other versions .*cullstream promote /,
      );
      const [former, latter] = [resumed, other].map(
        ({ stderr }) => /(?:starting|resuming) run (\S+):/.exec(stderr)?.[1] ?? '',
      );
      // Right after the newest run, for ids order runs.
      const apartMs = Date.parse(toRunStart(latter ?? '')) - Date.parse(toRunStart(former ?? ''));
      expect(apartMs).toBe(1_000);
    },
  );
});
