import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE_FOLDER } from '@cullstream/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KnownProject } from './known-project.js';
import { selectProjects } from './select-projects.js';

let root: string;
let dataDir: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'cullstream-known-')));
  dataDir = join(root, 'data');
  mkdirSync(join(dataDir, ...DATABASE_FOLDER), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

/** A folder of originals; each project is a folder of so many images. */
function originals(name: string, projects: Readonly<Record<string, number>>): string {
  const dir = join(root, name);
  mkdirSync(dir);
  for (const [source, images] of Object.entries(projects)) {
    mkdirSync(join(dir, source));
    for (let image = 0; image < images; image++) {
      writeFileSync(join(dir, source, `${image}.png`), '');
    }
  }
  return dir;
}

function knownIn(dir: string | null, name: string, source: string, images = 2): KnownProject {
  writeFileSync(join(dataDir, ...DATABASE_FOLDER, `${name}.db`), '');
  return { name, source, originals: dir, images, inventory: null };
}

function inventory(...entries: readonly (readonly [string, string])[]): string {
  const path = join(root, 'inventory.json');
  writeFileSync(path, JSON.stringify(entries.map(([project, source]) => ({ project, source }))));
  return path;
}

const select = (originalsDir: string, known: readonly KnownProject[], file?: string) =>
  selectProjects({ originalsDir, inventory: file, memory: { dataDir, known } });

describe('a project that was there before', () => {
  it('is missed where it is gone, and can be left out', async () => {
    const dir = originals('a', { b: 1 });
    const known = [knownIn(dir, 'gone', 'gone'), knownIn(dir, 'b', 'b')];
    const selection = await select(dir, known);
    expect(selection.projects.map(({ name }) => name)).toEqual(['b']);
    expect(selection.missing).toEqual([
      {
        name: 'gone',
        source: 'gone',
        message:
          'gone was there in earlier runs, with 2 images, and is gone; is its disk connected? ' +
          'If it is gone for good, say `cullstream forget "gone"`: what was made of it stays',
      },
    ]);
    const memory = { dataDir, known };
    const left = await selectProjects({ originalsDir: dir, skip: ['gone'], memory });
    expect([left.missing, left.excluded.length]).toEqual([[], 1]);
    const only = await selectProjects({ originalsDir: dir, only: ['b'], memory });
    expect(only.missing).toEqual([]);
  });

  it('is missed at the new path of a folder that has moved, too', async () => {
    const dir = originals('a', { b: 1, c: 1 });
    const known = [knownIn(dir, 'b', 'b'), knownIn(dir, 'c', 'c')];
    const moved = join(root, 'moved');
    renameSync(dir, moved);
    expect((await select(moved, known)).missing).toEqual([]);
    rmSync(join(moved, 'c'), { recursive: true });
    expect((await select(moved, known)).missing.map(({ name }) => name)).toEqual(['c']);
  });

  it('is not missed in another folder of originals', async () => {
    const known = [knownIn(originals('a', { x: 1, y: 1 }), 'y', 'y')];
    expect((await select(originals('b', { x: 1, z: 1 }), known)).missing).toEqual([]);
  });

  it('may come from another source when its own is gone', async () => {
    const dir = originals('a', { b: 1 });
    const selection = await select(dir, [knownIn(dir, 'b', 'b.zip')]);
    expect([selection.projects, selection.missing]).toEqual([[{ name: 'b', source: 'b' }], []]);
  });
});

describe('names that contradict what is known', () => {
  it('are refused with both ways out when the inventory is forgotten', async () => {
    const dir = originals('a', { 'Slender Kiara': 1, other: 1 });
    const known = { ...knownIn(dir, 'Kiara_Slender', 'Slender Kiara'), inventory: '/i.yaml' };
    await expect(select(dir, [known])).rejects.toThrow(
      `Slender Kiara is project "Kiara_Slender" in ${dataDir}, and would now be "Slender Kiara": ` +
        'give the inventory that says so (‹inventory=/i.yaml›), or let go of the old name with ' +
        '`cullstream forget "Kiara_Slender"`, whose database stays',
    );
    const memory = { dataDir, known: [known] };
    const only = await selectProjects({ originalsDir: dir, only: ['other'], memory });
    expect(only.projects).toHaveLength(1);
    const file = inventory(['Kiara_Slender', './Slender Kiara/']);
    expect((await select(dir, [known], file)).projects).toHaveLength(1);
  });

  it('are refused when an inventory gives them for the first time', async () => {
    const dir = originals('a', { b: 1 });
    const file = inventory(['B', 'b'], ['Better', 'b']);
    await expect(select(dir, [knownIn(dir, 'b', 'b')], inventory(['Better', 'b']))).rejects.toThrow(
      `call it "b" in ${file}`,
    );
  });

  it('are refused when a name goes to another source while its own is there', async () => {
    const dir = originals('a', { b: 1, c: 1 });
    const file = inventory(['b', 'c']);
    await expect(select(dir, [knownIn(dir, 'b', 'b')], file)).rejects.toThrow(
      `project "b" is b in ${dataDir}, and would now be c`,
    );
  });

  it('count for nothing while there are no results that could be overlooked', async () => {
    const dir = originals('a', { b: 1 });
    const known = [{ ...knownIn(dir, 'b', 'b'), name: 'never-run' }];
    expect((await select(dir, known)).projects).toHaveLength(1);
  });

  it('are seen in a folder that has moved, and not in another one with a source of that name', async () => {
    const dir = originals('a', { raw: 2 });
    const known = [knownIn(dir, 'wedding', 'raw')];
    const other = originals('b', { raw: 5 });
    expect((await select(other, known)).projects).toHaveLength(1);
    const moved = join(root, 'moved');
    renameSync(dir, moved);
    await expect(select(moved, known)).rejects.toThrow(/raw is project "wedding"/);
    expect((await select(other, known)).projects).toHaveLength(1);
  });
});

describe('originals without any project', () => {
  it.each([
    ['no folder', () => join(root, 'none'), /there is no folder .*; is its disk connected\?/],
    ['an empty folder', () => originals('a', {}), /holds no project.*; is the disk connected\?/],
  ])('are refused: %s', async (_, dir, message) => {
    await expect(select(dir(), [])).rejects.toThrow(message);
  });

  it('are refused where an inventory lists what is not there', async () => {
    const dir = originals('a', { b: 1 });
    await expect(select(dir, [], inventory(['x', 'x.zip'], ['y', 'y']))).rejects.toThrow(
      `none of the 2 sources that ${inventory(['x', 'x.zip'], ['y', 'y'])} lists is in ${dir}; ` +
        'is the disk connected?',
    );
    const { projects, missing } = await select(dir, [], inventory(['b', 'b'], ['y', 'y']));
    expect([projects.length, missing.map(({ name }) => name)]).toEqual([1, ['y']]);
  });
});
