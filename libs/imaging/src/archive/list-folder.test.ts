import { chmod, mkdir, mkdtemp, rm, rmdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ArchiveError } from './archive-error.js';
import { listFolder, type FolderFile } from './list-folder.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cullstream-folder-'));
  await mkdir(join(folder, 'z/deep'), { recursive: true });
  await writeFile(join(folder, 'z/deep/a.png'), 'abc');
  await writeFile(join(folder, 'b.png'), '');
  await writeFile(join(folder, 'z.png'), 'z');
  await utimes(join(folder, 'b.png'), 1_700_000_000, 1_700_000_000);
  await symlink(join(folder, 'b.png'), join(folder, 'link.png'));
  await symlink(folder, join(folder, 'z/loop'));
  await symlink(join(folder, 'nowhere.png'), join(folder, 'z/dangling.png'));
});
afterAll(() => rm(folder, { recursive: true }));

async function list(path: string): Promise<readonly FolderFile[]> {
  return (await listFolder(path)).files;
}

test('lists files at any depth by path, links to files too, without following links to folders', async () => {
  const files = await list(folder);
  expect(files.map(({ name, size }) => [name, size])).toEqual([
    ['b.png', 0],
    ['link.png', 0],
    ['z.png', 1],
    ['z/dangling.png', 0],
    ['z/deep/a.png', 3],
  ]);
});

test('tells when a file was modified', async () => {
  const [first] = await list(folder);
  expect(first).toEqual({ name: 'b.png', size: 0, modifiedMs: 1_700_000_000_000 });
});

test('a folder that is not there is an error that names it', async () => {
  const path = join(folder, 'absent');
  await expect(list(path)).rejects.toThrow(ArchiveError);
  await expect(list(path)).rejects.toThrow(path);
});

test('hidden folders and those of systems are passed over, at any depth', async () => {
  for (const name of ['.hidden', 'p/@eaDir', 'p/__MACOSX', 'p/q/lost+found', 'p/q']) {
    await mkdir(join(folder, 'own', name), { recursive: true });
    await writeFile(join(folder, 'own', name, 'a.png'), '');
  }
  const { files } = await listFolder(join(folder, 'own'));
  expect(files.map(({ name }) => name)).toEqual(['p/q/a.png']);
});

test('names that are no UTF-8 lead to their files', async () => {
  const odd = Buffer.from(`${folder}/odd/\xe9t\xe9`, 'latin1');
  await mkdir(odd, { recursive: true });
  await writeFile(Buffer.concat([odd, Buffer.from('/\xff.png', 'latin1')]), 'abc');
  expect((await listFolder(join(folder, 'odd'))).files).toEqual([
    { name: '\udce9t\udce9/\udcff.png', size: 3, modifiedMs: expect.any(Number) as number },
  ]);
});

// Skipped for root, who may read everything.
test.skipIf(process.getuid?.() === 0)(
  'a folder below that may not be read is told, and costs itself alone',
  async () => {
    await mkdir(join(folder, 'shut/deep/private'), { recursive: true });
    await writeFile(join(folder, 'shut/deep/a.png'), '');
    await chmod(join(folder, 'shut/deep/private'), 0);
    const { files, unreadable } = await listFolder(join(folder, 'shut'));
    await chmod(join(folder, 'shut/deep/private'), 0o700);
    expect(files.map(({ name }) => name)).toEqual(['deep/a.png']);
    expect(unreadable).toEqual([{ name: 'deep/private', code: 'EACCES' }]);
  },
);

test('a folder whose path is longer than the system takes is told, too', async () => {
  const part = 'x'.repeat(250);
  const here = process.cwd();
  await mkdir(join(folder, 'long'));
  process.chdir(join(folder, 'long'));
  try {
    for (let depth = 0; depth < 17; depth++) {
      await mkdir(part);
      process.chdir(part);
    }
    const { files, unreadable } = await listFolder(join(folder, 'long'));
    expect(files).toEqual([]);
    expect(unreadable.map(({ code }) => code)).toEqual(['ENAMETOOLONG']);
  } finally {
    for (let depth = 0; depth < 17; depth++) {
      process.chdir('..');
      await rmdir(part);
    }
    process.chdir(here);
  }
});
