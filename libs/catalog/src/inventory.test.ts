import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadInventory } from './inventory.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-inventory-'));
  path = join(folder, 'inventory.yaml');
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(text: string) {
  writeFileSync(path, text);
  return loadInventory(path);
}

async function readProblems(text: string): Promise<string[]> {
  const { problems } = (await load(text).catch((error: unknown) => error)) as {
    problems: readonly string[];
  };
  return problems.map((problem) => problem.replace(`${folder}/`, ''));
}

describe('loadInventory', () => {
  it('takes names as they stand there, whatever YAML makes of such words', async () => {
    const entries = await load(
      '- { project: 1010, source: 010 }\n- { project: 1e3, source: true, status: done }\n',
    );
    expect(entries).toEqual([
      { project: '1010', source: '010', status: 'pending' },
      { project: '1e3', source: 'true', status: 'done' },
    ]);
  });

  it('does not take nothing for a name', async () => {
    for (const nothing of ['null', '~', 'NULL']) {
      expect(await readProblems(`- { project: ${nothing}, source: a.zip }\n`)).toEqual([
        'inventory.yaml, line 1: entry 1, project: expected text',
      ]);
    }
    expect(await readProblems('[{ "project": "a", "source": null }]')).toHaveLength(1);
    expect(await load('- { project: "null", source: a.zip }\n')).toMatchObject([
      { project: 'null' },
    ]);
  });

  it('takes the number of images that its owner counts', async () => {
    expect(await load('- { project: a, source: a.zip, images: 012 }\n')).toEqual([
      { project: 'a', source: 'a.zip', status: 'pending', images: 12 },
    ]);
    expect(await readProblems('- { project: a, source: a.zip, images: many }\n')).toEqual([
      'inventory.yaml, line 1: entry 1, images: must be a whole number',
    ]);
  });

  it('reads JSON, too', async () => {
    const entries = [{ project: 'a', source: 'a.zip', status: 'skip' }];
    expect(await load(JSON.stringify(entries, null, '\t'))).toEqual(entries);
  });

  it('reports every problem at once, with line, entry and what was meant', async () => {
    const text = [
      '# my projects',
      '- project: dalia',
      '  source: dalia.zip',
      '  stauts: done',
      '- { projet: mojo, source: ../mojo }',
      '- project: Dalia',
      '  source: dalia',
      '  status: don',
      '  note: the best one',
    ].join('\n');
    expect(await readProblems(text)).toEqual([
      'inventory.yaml, line 4: entry 1, stauts: there is no such key; did you mean "status"?',
      'inventory.yaml, line 5: entry 2, project: is missing',
      'inventory.yaml, line 5: entry 2, source: must be a path below the folder of the originals',
      'inventory.yaml, line 5: entry 2, projet: there is no such key; did you mean "project"?',
      'inventory.yaml, line 8: entry 3, status: is none of pending, done, skip; did you mean "done"?',
      'inventory.yaml, line 9: entry 3, note: there is no such key; an entry has project, source, status, finals, images',
      'inventory.yaml, line 6: project "Dalia" is listed twice',
    ]);
  });

  it.each([
    ['projects: []\n', 'inventory.yaml, line 1: expected a list of projects'],
    [
      '- dalia.zip\n',
      'inventory.yaml, line 1: entry 1: expected project, source, status, finals, images',
    ],
    ['[]\n', 'inventory.yaml: the inventory lists no project'],
    ['', 'inventory.yaml, line 1: expected a list of projects'],
    [
      '- { project: a, source: a, source: b }\n',
      'inventory.yaml, line 1: the same key stands here twice',
    ],
    ['['.repeat(5_000), 'inventory.yaml: its lists and mappings are nested too deeply'],
  ])('says what is wrong with %j', async (text, problem) => {
    expect(await readProblems(text)).toEqual([problem]);
  });

  it('reports the first of very many problems', async () => {
    const problems = await readProblems('- {project: a\n'.repeat(200));
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toMatch(/^and \d+ more problems of this kind$/);
  });

  it('reads no file that is too large for an inventory', async () => {
    writeFileSync(path, '');
    truncateSync(path, 2 ** 32);
    await expect(loadInventory(path)).rejects.toThrow('it is larger than 16 MB');
  });

  it('says which file is not there', async () => {
    await expect(loadInventory(path)).rejects.toThrow(`‹inventory›: there is no file ${path}`);
  });
});
