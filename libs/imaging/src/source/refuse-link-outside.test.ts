import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refuseLinkOutside } from './refuse-link-outside.js';

let folder: string;
let originals: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cullstream-links-'));
  originals = join(folder, 'originals');
  for (const name of ['originals/dalia/deep', 'originals/sets', 'disk/inner', 'originals-too'])
    await mkdir(join(folder, name), { recursive: true });
  for (const name of ['originals/dalia/a.png', 'disk/a.png', 'disk/inner/b.png', 'secret.png'])
    await writeFile(join(folder, name), 'x');
  await writeFile(join(folder, 'originals-too/c.png'), 'x');
  await symlink('../../a.png', join(originals, 'dalia/deep/inside.png'));
  await symlink('../a.png', join(originals, 'dalia/deep/own.png'));
  await symlink('../../secret.png', join(originals, 'dalia/out.png'));
  await symlink('../../originals-too/c.png', join(originals, 'dalia/beside.png'));
  await symlink('../disk', join(originals, 'linked'));
  await symlink('../../disk', join(originals, 'sets/linked'));
  await symlink('../secret.png', join(folder, 'disk/out.png'));
  await symlink('inner/b.png', join(folder, 'disk/b.png'));
});
afterAll(() => rm(folder, { recursive: true }));

const ask = (source: string, image: string) =>
  refuseLinkOutside(originals, {
    image,
    source: { kind: 'file', path: `${source}/${image}`, size: 1, modifiedMs: 0 },
  });

test.each([
  ['a file', 'dalia', 'a.png'],
  ['a link to another file of the project', 'dalia', 'deep/own.png'],
  ['a link that leads nowhere, which reading it says', 'dalia', 'deep/inside.png'],
  ['a file of a project that is a link', 'linked', 'a.png'],
  ['one deep in it', 'linked', 'inner/b.png'],
  ['a link within it', 'linked', 'b.png'],
  ['a file of a linked source that an inventory names', 'sets/linked', 'inner/b.png'],
])('shows %s', async (_what, source, image) => {
  await expect(ask(source, image)).resolves.toBeUndefined();
});

test.each([
  ['dalia', 'out.png'],
  ['dalia', 'beside.png'],
  ['linked', 'out.png'],
  ['sets/linked', 'out.png'],
])('does not show a link within %s that leads out: %s', async (source, image) => {
  await expect(ask(source, image)).rejects.toMatchObject({ reason: 'unreadable-entry' });
});
