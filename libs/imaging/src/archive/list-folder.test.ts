import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
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

async function list(path: string): Promise<FolderFile[]> {
  const files: FolderFile[] = [];
  for await (const file of listFolder(path)) files.push(file);
  return files;
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
