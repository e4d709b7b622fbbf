import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findFinals } from './find-finals.js';
import { listFinals } from './list-finals.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-finals-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
  }
}

it('are folders and archives named after their projects', async () => {
  write('a/1.png', 'b_final.zip', 'c.zip', 'd_finals/1.png', 'abc/1.png', 'notes.txt', '.e/1.png');
  const found = await findFinals(folder, ['a', 'b', 'c', 'd', 'e', 'ab']);
  expect([...found.byProject]).toEqual([
    ['a', ['a']],
    ['b', ['b_final.zip']],
    ['c', ['c.zip']],
    ['d', ['d_finals']],
  ]);
  expect(found.unknown).toEqual(['abc']);
});

it('are all that could be meant', async () => {
  write('a/1.png', 'a_final.zip');
  expect((await findFinals(folder, ['a'])).byProject.get('a')).toEqual(['a', 'a_final.zip']);
});

it('are what an inventory says', async () => {
  write('a/1.png', 'winter/1.png', 'inventory.yaml');
  const inventory = join(folder, 'inventory.yaml');
  writeFileSync(inventory, '- {project: a, source: a.zip, finals: winter}\n');
  const found = await findFinals(folder, ['a'], inventory);
  expect(found.byProject.get('a')).toEqual(['winter']);
  expect(found.unknown).toEqual(['a']);
  writeFileSync(inventory, '- {project: a, source: a.zip, finals: ../elsewhere}\n');
  await expect(findFinals(folder, ['a'], inventory)).rejects.toThrow(
    'finals: must be a path below the folder of the finished images',
  );
});

it('are nowhere where the folder is not there', async () => {
  await expect(findFinals(join(folder, 'gone'), ['a'])).rejects.toThrow('is its disk connected?');
});

it('are listed in whatever format they were saved, but not beside the file of an editor', async () => {
  write('a/1.webp', 'a/2.tif', 'a/sub/3.PSD', 'a/sub/3.png', 'a/notes.txt', 'a/.4.webp');
  const finals = await listFinals(folder, { project: 'a', source: 'a' });
  expect(finals.map(({ path }) => path)).toEqual(['1.webp', '2.tif', 'sub/3.png']);
});
