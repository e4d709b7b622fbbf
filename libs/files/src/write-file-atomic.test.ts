import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile, writeFileAtomic, writeFileAtomicSync } from './write-file-atomic.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cullstream-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const writers = {
  writeFileAtomic,
  writeFileAtomicSync: (...args: Parameters<typeof writeFileAtomicSync>) =>
    Promise.resolve().then(() => writeFileAtomicSync(...args)),
};

describe.each(Object.entries(writers))('%s', (_name, write) => {
  it.each([{ durable: true }, { durable: false }])('replaces a file, %o', async (options) => {
    const path = join(folder, 'a.json');
    await writeFile(path, 'a much longer old content');
    await write(path, 'new', options);
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['a.json']);
  });

  it('gives the permissions that were asked for', async () => {
    const path = join(folder, 'secret');
    await write(path, 'x', { mode: 0o600 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing behind when it fails', async () => {
    const path = join(folder, 'taken');
    await mkdir(join(path, 'below'), { recursive: true });
    await expect(write(path, 'x')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('takes names as long as the file system does', async () => {
    const name = 'é'.repeat(127);
    await write(join(folder, name), 'x');
    expect(await readdir(folder)).toEqual([name]);
  });
});

describe('replaceFile', () => {
  it('keeps the old file while the new one is written, and when that fails', async () => {
    const path = join(folder, 'a.csv');
    await writeFile(path, 'old');
    const writing = replaceFile(path, async (temporary) => {
      await writeFile(temporary, 'half');
      expect(await readFile(path, 'utf8')).toBe('old');
      throw new Error('no more rows');
    });
    await expect(writing).rejects.toThrow('no more rows');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.csv']);
  });
});
