import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTemporaryFolder, removeAbandoned, temporaryPathFor } from './temporary-names.js';

let folder: string;
let deadPid: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cullstream-files-'));
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  deadPid = child.pid ?? 0;
  await once(child, 'exit');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The name that another process would have given it. */
function ofProcess(pid: number): string {
  return temporaryPathFor(join(folder, 'a.npy')).replace(`-${process.pid}-`, `-${pid}-`);
}

describe('removeAbandoned', () => {
  it('removes what killed processes left, files and folders', async () => {
    await writeFile(ofProcess(deadPid), 'half');
    await mkdir(join(ofProcess(deadPid), 'below'), { recursive: true });
    expect(await removeAbandoned(folder)).toHaveLength(2);
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves what living processes write, and everything else', async () => {
    await writeFile(temporaryPathFor(join(folder, 'a.npy')), 'half');
    await makeTemporaryFolder(folder);
    await writeFile(join(folder, 'notes.tmp'), 'mine');
    await writeFile(join(folder, `.hidden-${deadPid}.tmp`), 'mine');
    expect(await removeAbandoned(folder)).toEqual([]);
    expect(await readdir(folder)).toHaveLength(4);
  });

  it('removes what an older version left, which named no computer', async () => {
    await writeFile(join(folder, `.ab.npy.${deadPid}-0123456789ab.tmp`), 'half');
    await writeFile(join(folder, `.ab.npy.${process.pid}-0123456789ab.tmp`), 'half');
    expect(await removeAbandoned(folder)).toEqual([
      join(folder, `.ab.npy.${deadPid}-0123456789ab.tmp`),
    ]);
  });

  it('gives another computer a week', async () => {
    const fresh = join(folder, `.a.01234567-${deadPid}-0123456789ab.tmp`);
    const old = join(folder, `.b.01234567-${process.pid}-0123456789ab.tmp`);
    const lastMonth = new Date(Date.now() - 30 * 24 * 60 * 60_000);
    await writeFile(fresh, '');
    await writeFile(old, '');
    await utimes(old, lastMonth, lastMonth);
    expect(await removeAbandoned(folder)).toEqual([old]);
  });

  it('is content without a folder', async () => {
    expect(await removeAbandoned(join(folder, 'none'))).toEqual([]);
  });
});
