import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRegularFile } from '@cullstream/files';
import { openOriginals } from '@cullstream/imaging/archive';
import { createTempDir, type TempDir } from '@cullstream/testing';
import { findProjects } from './find-projects.js';

let folder: TempDir;
let originals: string;
beforeEach(async () => {
  folder = await createTempDir('projects');
  originals = join(folder.path, 'originals');
  await mkdir(originals);
});
afterEach(() => folder.remove());

const makeFolders = (...names: (string | Buffer)[]) =>
  Promise.all(
    names.map((name) => mkdir(Buffer.concat([Buffer.from(`${originals}/`), Buffer.from(name)]))),
  );
const namesFound = async () =>
  (await findProjects(openOriginals(originals))).projects.map(({ name }) => name);

describe('names', () => {
  it.each(['Müller', 'Zoë', 'हिन्दी', 'ガラス', 'ไทย', 'עִבְרִית', 'مِصر', 'Ελλάδα', '각', 'می‌خواهم'])(
    'of every script are taken, in composed form: %s',
    async (name) => {
      await makeFolders(name.normalize('NFD'));
      expect(await findProjects(openOriginals(originals))).toEqual({
        projects: [{ name: name.normalize('NFC'), source: name.normalize('NFD') }],
        rejected: [],
      });
    },
  );

  it('may have what people put into them', async () => {
    const names = ['Anna & Ben (2) + more', '#1 [best], 100 %', "Zoë's 😀 👩‍👩‍👧", '旅行　二', '5 €'];
    await makeFolders(...names);
    expect((await namesFound()).sort()).toEqual([...names].sort());
  });

  it.each([
    ['What?', '"?"'],
    ['a:b', '":"'],
    ['a\\b', '"\\"'],
    ['a\nb', 'U+000A'],
    ['evil\u202egnp', 'U+202E'],
    ['ガ'.repeat(80), '220 bytes'],
    ['x'.repeat(101), '100 characters'],
  ])('that a database cannot have everywhere are refused, and why: %j', async (name, why) => {
    await makeFolders(name);
    const { projects, rejected } = await findProjects(openOriginals(originals));
    expect(projects).toEqual([]);
    expect(rejected[0]?.message).toContain(why);
    expect(rejected[0]?.message).toMatch(/rename it.*in an inventory/);
  });

  it('that differ in their normal form alone are one project, and the other is said to be', async () => {
    await makeFolders('é'.normalize('NFC'), 'é'.normalize('NFD'));
    const { projects, rejected } = await findProjects(openOriginals(originals));
    expect(projects).toHaveLength(1);
    expect(rejected[0]?.message).toContain('already gives project');
  });

  it('that are no UTF-8 are read as Latin-1', async () => {
    await makeFolders(Buffer.from('caf\xe9', 'latin1'));
    expect((await findProjects(openOriginals(originals))).projects).toEqual([
      { name: 'café', source: 'caf\udce9' },
    ]);
  });
});

it('folders of systems and devices are no projects', async () => {
  await makeFolders(
    ...['$RECYCLE.BIN', 'lost+found', '@eaDir', '#recycle', '.Trashes', '.Trash-1000', 'FOUND.000'],
    ...['System Volume Information', 'RECYCLER', '#snapshot', '@Recycle', '__MACOSX'],
    ...['found', 'recycle', '@home'],
  );
  expect(await findProjects(openOriginals(originals))).toEqual({
    projects: ['@home', 'found', 'recycle'].map((name) => ({ name, source: name })),
    rejected: [],
  });
});

describe('links', () => {
  it('to folders and archives are projects, wherever these are', async () => {
    await mkdir(join(folder.path, 'disk'));
    await writeFile(join(folder.path, 'disk/pictures.zip'), '');
    await writeFile(join(folder.path, 'disk/notes.txt'), '');
    await symlink('../disk', join(originals, 'linked'));
    await symlink('../disk/pictures.zip', join(originals, 'archive.zip'));
    await symlink('../disk', join(originals, 'folder.zip'));
    await symlink('../disk/notes.txt', join(originals, 'notes'));
    expect(await namesFound()).toEqual(['archive', 'folder.zip', 'linked']);
  });

  it('that lead nowhere are projects that fail, unless they are called as other files are', async () => {
    await symlink('gone', join(originals, 'lost folder'));
    await symlink('gone.zip', join(originals, 'lost.zip'));
    await symlink('gone.txt', join(originals, 'notes.txt'));
    await symlink('round', join(originals, 'round'));
    expect(await namesFound()).toEqual(['lost folder', 'lost', 'round']);
  });

  it.each(['.', '..', '/'])('to a folder around the originals are refused: %s', async (target) => {
    await symlink(target, join(originals, 'around'));
    const { projects, rejected } = await findProjects(openOriginals(originals));
    expect(projects).toEqual([]);
    expect(rejected[0]?.message).toContain('a folder that the originals are in');
  });
});

it.skipIf(process.platform === 'win32')(
  'a pipe and a socket that are called as archives are projects that fail',
  async () => {
    spawnSync('mkfifo', [join(originals, 'pipe.zip')]);
    const server = createServer().listen(join(originals, 'socket.zip'));
    await once(server, 'listening');
    expect(await namesFound()).toEqual(['pipe', 'socket']);
    await expect(openRegularFile(join(originals, 'socket.zip'))).rejects.toMatchObject({
      code: 'EFTYPE',
    });
    server.close();
  },
);
