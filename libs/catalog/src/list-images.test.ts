import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSourceReader } from '@cullstream/imaging';
import { createTempDir, type TempDir } from '@cullstream/testing';
import { listImages } from './list-images.js';
import { selectProjects } from './select-projects.js';

let originals: TempDir;
beforeEach(async () => {
  originals = await createTempDir('originals');
});
afterEach(() => originals.remove());

it('lists and reads images below folders and in files whose names are no UTF-8', async () => {
  const folder = Buffer.from(`${originals.path}/caf\xe9/\xe9t\xe9`, 'latin1');
  await mkdir(folder, { recursive: true });
  await writeFile(Buffer.concat([folder, Buffer.from('/\xfc.png', 'latin1')]), 'abc');
  const { projects } = await selectProjects({ originalsDir: originals.path });
  const [project] = projects;
  if (project === undefined) throw new Error('no project was found');
  const { images } = await listImages(originals.path, project);
  expect(images.map(({ name }) => name)).toEqual(['été/ü.png']);
  const reader = createSourceReader({ originalsDir: originals.path, maxBytes: 100 });
  const sources = JSON.parse(JSON.stringify(images)) as typeof images;
  const read = await Promise.all(sources.map(({ source }) => reader.read(source)));
  await reader.close();
  expect(read.map(String)).toEqual(['abc']);
});

it('says what is wrong with a link that leads nowhere, or back to itself', async () => {
  await symlink('gone', join(originals.path, 'lost'));
  await symlink('round', join(originals.path, 'round'));
  const listed = (source: string) => listImages(originals.path, { name: source, source });
  await expect(listed('lost')).rejects.toThrow(/^lost below .* is not there; .* where it leads$/);
  await expect(listed('round')).rejects.toThrow(/^round below .* leads back to itself; remove it/);
});

it('finds what an inventory means in either normal form and with either slash', async () => {
  const onDisk = 'disk 1/Zoë'.normalize('NFD');
  await mkdir(join(originals.path, onDisk), { recursive: true });
  const inventory = join(originals.path, 'inventory.json');
  const written = { project: 'Zoë'.normalize('NFD'), source: 'disk 1\\Zoë'.normalize('NFC') };
  const gone = { project: 'gone', source: 'disk 1/gone' };
  await writeFile(inventory, JSON.stringify([written, gone]));
  const { projects, missing } = await selectProjects({ originalsDir: originals.path, inventory });
  expect(projects).toEqual([{ name: 'Zoë'.normalize('NFC'), source: onDisk }]);
  expect(missing).toMatchObject([{ name: 'gone', source: 'disk 1/gone' }]);
});
