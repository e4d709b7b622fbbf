import { join } from 'node:path';
import { createLogger } from '@cullstream/runtime';
import type { Acceptance } from '@cullstream/store';
import { describe, expect, it } from 'vitest';
import { predictedImages } from '../../../store/src/testing/image-results.js';
import type { VerifyOptions } from '../options.js';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import type { AcceptedProjects } from './accepted-projects.js';
import { readCatalogues } from './read-catalogues.js';

const log = createLogger('test', 'silent');
const none: AcceptedProjects = { ofSource: () => undefined, ofProject: () => undefined, all: [] };
const note = { why: 'a scrap' } as Acceptance;

const toOriginals = (data: DataFolder) => join(data.path, 'originals');
const read = (
  data: DataFolder,
  options: Partial<VerifyOptions> = {},
  accepted: AcceptedProjects = none,
) =>
  readCatalogues(
    { data: data.path, originals: toOriginals(data), minGroupSize: 2, ...options } as VerifyOptions,
    accepted,
    log,
  );

/** Folders of so many images below originals. */
function bring(data: DataFolder, counts: Readonly<Record<string, number>>): void {
  for (const [project, count] of Object.entries(counts)) {
    for (let image = 0; image < count; image += 1) {
      data.write(`originals/${project}/${image}.png`, '');
    }
  }
}

function remember(data: DataFolder, counts: Readonly<Record<string, number>>): void {
  const projects = Object.entries(counts).map(([name, images]) => ({
    ...{ name, source: name, images, originals: toOriginals(data), inventory: null },
  }));
  data.write('.cullstream/projects.json', JSON.stringify({ v: 1, projects }));
}

describe('what the sources hold today', () => {
  it('is read of every project, with a digest that tells of changes', async () => {
    using data = createDataFolder();
    bring(data, { a: 2, b: 1 });
    const before = await read(data);
    expect(before).toMatchObject({ gaps: [], accepted: [] });
    expect([...before.byProject].map(([name, { images }]) => [name, images])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    bring(data, { a: 3 });
    const after = await read(data);
    expect(after.byProject.get('a')?.digest).not.toBe(before.byProject.get('a')?.digest);
    expect(after.byProject.get('b')).toEqual(before.byProject.get('b'));
  });

  it('is a gap where one cannot be read, and the others are compared', async () => {
    using data = createDataFolder();
    bring(data, { a: 2 });
    data.write('originals/cut.zip', 'no archive');
    const { gaps, byProject } = await read(data);
    expect(gaps).toEqual([
      expect.stringMatching(/^cut: its source cannot be compared: .*cut\.zip/),
    ]);
    expect([...byProject.keys()]).toEqual(['a']);
  });

  it('is no gap where somebody took note of it', async () => {
    using data = createDataFolder();
    bring(data, { a: 2 });
    data.write('originals/cut.zip', 'no archive');
    const asked: string[] = [];
    const accepted: AcceptedProjects = {
      ...none,
      ofSource: ({ name, source, content }) => {
        asked.push(`${name} ${source} ${content === undefined ? 'unknown' : 'known'}`);
        return note;
      },
    };
    expect(await read(data, {}, accepted)).toMatchObject({
      gaps: [],
      accepted: [{ project: 'cut', gap: expect.stringContaining('cut.zip'), why: 'a scrap' }],
    });
    expect(asked).toEqual(['cut cut.zip known']);
  });

  it('is a gap where all of the originals are away', async () => {
    using data = createDataFolder();
    remember(data, { a: 2 });
    const { gaps, byProject } = await read(data);
    expect(gaps).toEqual([
      `the originals cannot be compared: there is no folder ${toOriginals(data)}; ` +
        'is its disk connected? If so, check the path (‹originals›)',
      'a: 2 images known of earlier runs, and no database; `cullstream run` makes it',
    ]);
    expect(byProject.size).toBe(0);
  });
});

describe('a project of earlier runs', () => {
  it('is a gap where its database is gone, or its source is empty now', async () => {
    using data = createDataFolder();
    bring(data, { other: 1 });
    remember(data, { gone: 3, none: 0, kept: 1 });
    await data.store(predictedImages({ project: 'kept', groupSizes: [1] }));
    const withoutOriginals = { originals: undefined };
    expect((await read(data, withoutOriginals)).gaps).toEqual([
      'gone: 3 images known of earlier runs, and no database; `cullstream run` makes it',
    ]);
    expect((await read(data, { ...withoutOriginals, only: ['kept'] })).gaps).toEqual([]);
    expect((await read(data, { ...withoutOriginals, only: ['gone'] })).gaps).toHaveLength(1);
  });

  it('is no gap where somebody took note of its failure', async () => {
    using data = createDataFolder();
    remember(data, { gone: 3 });
    const accepted = { ...none, ofProject: (name: string) => (name === 'gone' ? note : undefined) };
    expect(await read(data, { originals: undefined }, accepted)).toMatchObject({
      gaps: [],
      accepted: [{ project: 'gone', gap: expect.stringContaining('3 images'), why: 'a scrap' }],
    });
  });

  it('is a gap where its source holds nothing any more', async () => {
    using data = createDataFolder();
    bring(data, { a: 1 });
    data.write('originals/emptied/readme.txt', '');
    remember(data, { a: 1, emptied: 2 });
    await data.store(predictedImages({ project: 'emptied', groupSizes: [2] }));
    expect((await read(data)).gaps).toContain(
      'emptied: 2 images known of earlier runs, and its source holds none',
    );
  });
});

describe('work that an inventory says is done', () => {
  it('is a gap where it is not there', async () => {
    using data = createDataFolder();
    bring(data, { a: 1, b: 1 });
    const inventory = data.write(
      'list.yaml',
      '- { project: a, source: a, status: done }\n- { project: b, source: b }\n',
    );
    for (const originals of [toOriginals(data), undefined]) {
      const { gaps } = await read(data, { originals, inventory });
      expect(gaps).toEqual([expect.stringMatching(/^a: .*done/)]);
    }
    const only = await read(data, { originals: undefined, inventory, only: ['b'] });
    expect(only.gaps).toEqual([]);
  });

  it('is found by its name, whatever the form in which the inventory writes it', async () => {
    using data = createDataFolder();
    const decomposed = 'M\u006f\u0308we';
    const inventory = data.write(
      'list.yaml',
      `- { project: ${decomposed}, source: a, status: done }\n`,
    );
    const only = ['M\u00f6we'];
    const { gaps } = await read(data, { originals: undefined, inventory, only });
    expect(gaps).toEqual([expect.stringMatching(/^M\u00f6we: .*done/)]);
  });
});
