import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TransientError } from '@cullstream/contracts';
import { openProjectDatabase } from '../src/project-database.js';
import { NOON, TABLES } from '../src/testing/apply-all.js';
import { predictedImages } from '../src/testing/image-results.js';
import { createTemporaryData, dumpTables } from '../src/testing/temporary-data.js';
import { validateDatabase } from '../src/validate/validate-database.js';

const GROUPS = 200;
const writer = fileURLToPath(new URL('kill-and-write.js', import.meta.url));

async function rowsAfterAll(dataDir: string): Promise<Record<string, unknown[]>> {
  const database = await openProjectDatabase({ dataDir, project: 'dalia' });
  const events = predictedImages({ groupSizes: Array.from({ length: GROUPS }, () => 3) });
  database.apply(events, NOON);
  database.close();
  return dumpTables(database.path, TABLES);
}

/** Starts a writer and kills it after the given number of commits. */
async function killAfter(dataDir: string, commits: number): Promise<void> {
  const child = spawn(process.execPath, [writer, dataDir, String(GROUPS)]);
  let seen = 0;
  if (commits === 0) await once(child, 'spawn');
  else for await (const _ of createInterface(child.stdout)) if (++seen === commits) break;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

describe('a writer killed with SIGKILL', () => {
  it.each([0, 1, 5, 17, 29])('after %i commits leaves what a repeat completes', async (commits) => {
    using undisturbed = createTemporaryData();
    using data = createTemporaryData();
    await killAfter(data.dataDir, commits);
    expect(await rowsAfterAll(data.dataDir)).toEqual(await rowsAfterAll(undisturbed.dataDir));
    expect(validateDatabase(data.toPath('dalia.db')).findings).toEqual([]);
  });
});

const MOUNT_BYTES = 12_000_000;
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
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MOUNT_BYTES}`, 'none', folder]);
  return {
    folder,
    [Symbol.dispose]: () => {
      // Lazy, since a failed test may have left a database open.
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

describe.skipIf(!canMount)('a small file system', () => {
  it('that is full stops the writer, and goes on without a loss when there is space', async () => {
    using undisturbed = createTemporaryData();
    using mount = mountSmall();
    const database = await openProjectDatabase({ dataDir: mount.folder, project: 'dalia' });
    const ballast = join(mount.folder, 'ballast');
    const { bavail, bsize } = statfsSync(mount.folder);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - 100_000));
    const events = predictedImages({ groupSizes: Array.from({ length: GROUPS }, () => 3) });
    const applyAll = () => {
      for (let from = 0; from < events.length; from += 20) {
        database.apply(events.slice(from, from + 20), NOON);
      }
    };
    expect(applyAll).toThrow(TransientError);
    expect(applyAll).toThrow(/could not write to .*dalia\.db: the disk is full/);
    rmSync(ballast);
    applyAll();
    database.close();
    expect(dumpTables(database.path, TABLES)).toEqual(await rowsAfterAll(undisturbed.dataDir));
    expect(validateDatabase(database.path).findings).toEqual([]);
  });

  it('that is too full for a new database leaves none', async () => {
    using mount = mountSmall();
    mkdirSync(join(mount.folder, 'training', 'ai_training_decisions'), { recursive: true });
    writeFileSync(join(mount.folder, 'ballast'), Buffer.alloc(MOUNT_BYTES - 40_000));
    const opening = openProjectDatabase({ dataDir: mount.folder, project: 'dalia' });
    await expect(opening).rejects.toBeInstanceOf(TransientError);
    rmSync(join(mount.folder, 'ballast'));
    const database = await openProjectDatabase({ dataDir: mount.folder, project: 'dalia' });
    expect(validateDatabase(database.path).findings).toEqual([]);
    database.close();
  });

  it('that is read-only is named', async () => {
    using mount = mountSmall();
    execFileSync('mount', ['-o', 'remount,ro', mount.folder]);
    const opening = openProjectDatabase({ dataDir: mount.folder, project: 'dalia' });
    await expect(opening).rejects.toMatchObject({ name: 'DatabaseError', problem: 'not-writable' });
  });
});

describe('a file system that refuses write-ahead logging', () => {
  it('is told once, and the rows are the same after a kill', async () => {
    using undisturbed = createTemporaryData();
    using data = createTemporaryData();
    // A broken link with the name of the shared memory file prevents write-ahead logging.
    symlinkSync(data.toPath('no/where'), data.toPath('dalia.db-shm'));
    const notices: string[] = [];
    const notice = (message: string) => void notices.push(message);
    const first = await openProjectDatabase({ dataDir: data.dataDir, project: 'dalia', notice });
    const events = predictedImages({ groupSizes: Array.from({ length: GROUPS }, () => 3) });
    first.apply(events.slice(0, 100), NOON);
    first.close();
    expect(notices).toEqual([
      expect.stringMatching(
        /dalia\.db: the file system refuses write-ahead logging \(SQLITE_CANTOPEN\); using a rollback/,
      ),
    ]);
    await killAfter(data.dataDir, 3);
    expect(await rowsAfterAll(data.dataDir)).toEqual(await rowsAfterAll(undisturbed.dataDir));
    expect(data.names()).not.toContain('dalia.db-wal');
  });
});

describe.skipIf(process.getuid?.() === 0)('a data folder without write permission', () => {
  it('is named', async () => {
    using data = createTemporaryData();
    chmodSync(data.toPath('.'), 0o500);
    const opening = openProjectDatabase({ dataDir: data.dataDir, project: 'dalia' });
    await expect(opening).rejects.toMatchObject({ name: 'DatabaseError', problem: 'not-writable' });
    chmodSync(data.toPath('.'), 0o700);
  });
});
