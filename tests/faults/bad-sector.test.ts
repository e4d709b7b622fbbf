import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Summary } from '@cullstream/report';
import { makeExample, toRunArgs } from '../support/example.js';
import { runCli } from '../support/run-cli.js';

const BLOCK_BYTES = 1_024;
const DISK_BYTES = 4 * 1_024 * 1_024;

interface LoopDisk extends Disposable {
  /** Cuts off the last block of the file that lies last on it, which then cannot be read. */
  spoil(): string;
}

/** A disk of a file's bytes, mounted with a copy of a folder in it; undefined where that is not to be had. */
function mountCopy(folder: string, content: string): LoopDisk | undefined {
  const image = `${folder}.img`;
  mkdirSync(folder);
  execFileSync('truncate', ['-s', String(DISK_BYTES), image]);
  const made = spawnSync('mkfs.ext4', ['-q', '-O', '^has_journal', '-b', '1024', image]);
  if (made.status !== 0) return undefined;
  // Past the cache: only so does it tell of errors.
  const set = spawnSync('losetup', ['-f', '--show', '--direct-io=on', image], { encoding: 'utf8' });
  if (set.status !== 0) return undefined;
  const device = set.stdout.trim();
  const mount = () => spawnSync('mount', [device, folder]).status === 0;
  const free = () => execFileSync('losetup', ['-d', device]);
  if (!mount()) {
    free();
    return undefined;
  }
  cpSync(content, folder, { recursive: true });
  return {
    spoil() {
      // Files have their blocks when they are written out.
      execFileSync('umount', [folder]);
      mount();
      const ends = readdirSync(folder)
        .filter((name) => name.endsWith('.png'))
        .map((name) => ({ name, end: readLastBlock(join(folder, name)) }))
        .sort((one, other) => other.end - one.end);
      const [{ name, end } = { name: '', end: 0 }] = ends;
      execFileSync('umount', [folder]);
      truncateSync(image, end * BLOCK_BYTES);
      mount();
      return name;
    },
    [Symbol.dispose]() {
      spawnSync('umount', ['-l', folder]);
      free();
    },
  };
}

function readLastBlock(path: string): number {
  const said = execFileSync('filefrag', ['-v', '-b1024', path], { encoding: 'utf8' });
  const ends = [...said.matchAll(/^ +\d+: +\d+\.\. +\d+: +\d+\.\. +(\d+):/gm)];
  return Math.max(...ends.map(([, end]) => Number(end)));
}

it('a bad sector fails its image by name, after some seconds, and the run ends', async ({
  skip,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'cullstream-sector-'));
  try {
    const example = await makeExample(folder, 2);
    const loose = join(example.originals, 'loose');
    renameSync(loose, join(folder, 'loose'));
    using disk = mountCopy(loose, join(folder, 'loose'));
    if (disk === undefined) {
      skip('no loop device that reads past the cache can be mounted here');
      return;
    }
    const bad = disk.spoil();
    const given = toRunArgs(example, join(folder, 'data'));
    const { stdout, stderr, exitCode } = await runCli([...given, '--only', 'loose', '--json']);
    expect(exitCode, stderr).toBe(1);
    const { projects, images } = JSON.parse(stdout) as Summary;
    expect(images).toMatchObject({ embedded: 5, failed: 1 });
    expect(projects[0]?.failures).toMatchObject([
      { image: bad, reason: 'unreadable-entry', message: expect.stringMatching(/5 times \(EIO\)/) },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
