import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selectProjects } from './select-projects.js';

let originalsDir: string;

beforeEach(() => {
  originalsDir = mkdtempSync(join(tmpdir(), 'cullstream-select-'));
  for (const file of ['dalia.zip', 'B.ZIP', 'notes.txt', '.hidden.zip', 'odd:name.zip']) {
    writeFileSync(join(originalsDir, file), '');
  }
  for (const folder of ['mojo3', 'dalia', '__MACOSX', '.git'])
    mkdirSync(join(originalsDir, folder));
});

afterEach(() => rmSync(originalsDir, { recursive: true }));

const write = (text: string) => {
  const path = join(originalsDir, 'inventory.yaml');
  writeFileSync(path, text);
  return path;
};

describe('without an inventory', () => {
  it('every archive and folder is a project; what cannot be one is rejected with the way out', async () => {
    const { projects, rejected } = await selectProjects({ originalsDir });
    expect(projects.map(({ name }) => name)).toEqual(['B', 'dalia', 'mojo3']);
    expect(rejected.map(({ source }) => source).sort()).toEqual(['dalia.zip', 'odd:name.zip']);
    expect(rejected.every(({ message }) => message.includes('in an inventory'))).toBe(true);
  });
});

describe('with an inventory', () => {
  it('takes numbers for names and leaves out what is done', async () => {
    const inventory = write(
      '- { project: 1010, source: dalia.zip }\n- { project: m, source: mojo3, status: done }\n',
    );
    const selection = await selectProjects({ originalsDir, inventory });
    expect(selection.projects).toEqual([{ name: '1010', source: 'dalia.zip' }]);
    expect(selection.done).toEqual([{ name: 'm', source: 'mojo3' }]);
  });

  it('takes up a done project that is asked for by name', async () => {
    const inventory = write('- { project: m, source: mojo3, status: done }\n');
    const selection = await selectProjects({ originalsDir, inventory, only: ['m'] });
    expect(selection.projects.map(({ name }) => name)).toEqual(['m']);
  });

  it('reports every problem at once', async () => {
    const inventory = write('- { project: ../x, source: /etc }\n- { project: a, source: ../b }\n');
    const selecting = selectProjects({ originalsDir, inventory });
    await expect(selecting).rejects.toThrow(
      /entry 1, project[^]*entry 1, source[^]*entry 2, source/,
    );
  });

  it('refuses one name twice, in whatever case', async () => {
    const inventory = write('- { project: a, source: x }\n- { project: A, source: y }\n');
    await expect(selectProjects({ originalsDir, inventory })).rejects.toThrow(
      /"A" is listed twice/,
    );
  });
});

it('refuses names that are not there and lists those that are', async () => {
  const selecting = selectProjects({ originalsDir, only: ['dahlia'], skip: ['nope'] });
  await expect(selecting).rejects.toThrow(
    /‹only›: no project "dahlia"[^]*‹skip›: no project "nope"/,
  );
});
