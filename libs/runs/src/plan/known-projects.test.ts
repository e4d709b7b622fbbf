import { mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { KnownProject, Plan } from '@cullstream/catalog';
import { ConfigurationError } from '@cullstream/contracts';
import { createLogger } from '@cullstream/runtime';
import { describe, expect, it } from 'vitest';
import { predictedImages } from '../../../store/src/testing/image-results.js';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import { forgetProjects, loadKnownProjects, rememberProjects } from './known-projects.js';

const FILE = '.cullstream/projects.json';
const warnings: string[] = [];
const log = createLogger('test', 'warn', ({ text }) => warnings.push(text), {
  write: () => undefined,
});

const known = (name: string, rest: Partial<KnownProject> = {}): KnownProject => ({
  name,
  source: `${name}.zip`,
  originals: '/pictures',
  images: 3,
  inventory: null,
  ...rest,
});
const write = (data: DataFolder, ...projects: KnownProject[]) =>
  data.write(FILE, JSON.stringify({ v: 1, projects }));

/** What a run found: by default nothing of anything. */
function makePlan(plan: Partial<Plan>): Plan {
  const none = { projects: [], skipped: [], done: [], excluded: [], missing: new Set<string>() };
  return { ...none, ...plan } as unknown as Plan;
}
const found = (name: string, images = 3) => ({ project: { name, source: `${name}.zip`, images } });

function originalsIn(data: DataFolder): string {
  const folder = join(data.path, 'originals');
  mkdirSync(folder, { recursive: true });
  return folder;
}

describe('projects that a data folder was given', () => {
  it('are none at first, and told again once a run took them up', async () => {
    using data = createDataFolder();
    const place = { data: data.path, originals: originalsIn(data), inventory: 'list.csv' };
    expect(await loadKnownProjects(data.path, log)).toEqual([]);
    const plan = {
      projects: [found('a')],
      skipped: [found('b')],
      done: [{ name: 'c', source: 'c.zip', images: 4 }],
    } as unknown as Plan;
    await rememberProjects(makePlan(plan), place, log);
    const where = { originals: realpathSync(place.originals), inventory: resolve('list.csv') };
    expect(await loadKnownProjects(data.path, log)).toEqual([
      known('a', where),
      known('b', where),
      known('c', { ...where, images: 4 }),
    ]);
  });

  it('are not those without an image', async () => {
    using data = createDataFolder();
    const place = { data: data.path, originals: originalsIn(data) };
    const plan = { projects: [found('a', 0)], skipped: [found('b', 0)] } as unknown as Plan;
    await rememberProjects(makePlan(plan), place, log);
    expect(await loadKnownProjects(data.path, log)).toEqual([]);
  });

  it('are known as they were last, however their names are composed', async () => {
    using data = createDataFolder();
    const originals = originalsIn(data);
    write(data, known('cafe\u0301'), known('b'));
    const plan = { projects: [found('caf\u00e9', 7)] } as unknown as Plan;
    await rememberProjects(makePlan(plan), { data: data.path, originals }, log);
    expect(await loadKnownProjects(data.path, log)).toEqual([
      known('caf\u00e9', { originals: realpathSync(originals), images: 7 }),
      known('b'),
    ]);
  });

  it('are those that are left out of a run only where they have a database', async () => {
    using data = createDataFolder();
    await data.store(predictedImages({ project: 'a', groupSizes: [1] }));
    const originals = originalsIn(data);
    write(data, known('k'));
    const names = ['a', 'b', 'k', 'no/name'];
    const excluded = names.map((name) => ({ name, source: `${name}.zip`, message: '' }));
    await rememberProjects(makePlan({ excluded }), { data: data.path, originals }, log);
    const here = { originals: realpathSync(originals) };
    expect(await loadKnownProjects(data.path, log)).toEqual([
      known('k'),
      known('a', { ...here, images: 0 }),
    ]);
  });

  it('are missed where the originals are now, once they have moved without them', async () => {
    using data = createDataFolder();
    const originals = originalsIn(data);
    write(data, known('a'), known('b'));
    const missing = new Set(['b', 'never']);
    await rememberProjects(makePlan({ missing }), { data: data.path, originals }, log);
    expect(await loadKnownProjects(data.path, log)).toEqual([
      known('a'),
      known('b', { originals: realpathSync(originals) }),
    ]);
  });

  it('are not written anew where nothing has changed', async () => {
    using data = createDataFolder();
    const place = { data: data.path, originals: originalsIn(data) };
    const plan = makePlan({ projects: [found('a')] } as unknown as Plan);
    await rememberProjects(plan, place, log);
    const file = join(data.path, FILE);
    const before = statSync(file, { bigint: true });
    await rememberProjects(plan, place, log);
    expect(statSync(file, { bigint: true }).ino).toBe(before.ino);
    expect(readFileSync(file, 'utf8')).toMatch(/^\{\n "v": 1,\n "projects": \[[^]*\}\n$/);
  });

  it.each([undefined, 'half a file', '{"v":1,"projects":[{"name":"a"}]}', '{"projects":[]}'])(
    'are told by the databases where the file is missing or damaged: %s',
    async (text) => {
      using data = createDataFolder();
      await data.store(predictedImages({ project: 'a', groupSizes: [1], catalogue: 'one' }));
      const again = { project: 'a', run: '20260201T094500Z-bbbb', groupSizes: [2] };
      await data.store(predictedImages({ ...again, catalogue: 'two' }));
      data.write('training/ai_training_decisions/broken.db', 'no database');
      if (text !== undefined) data.write(FILE, text);
      warnings.length = 0;
      const told = await loadKnownProjects(data.path, log);
      expect(told).toEqual([known('a', { originals: null, images: 2 })]);
      const file = join(data.path, FILE);
      const warning = `${file} is damaged; what it said is taken from the databases`;
      expect(warnings).toEqual(text === undefined ? [] : [warning]);
    },
  );

  it('are those whose databases can be read, where these have to tell', async () => {
    using data = createDataFolder();
    const { path } = await data.store(predictedImages({ project: 'a', groupSizes: [1] }));
    await data.store(predictedImages({ project: 'b', groupSizes: [1] }));
    const bytes = readFileSync(path);
    // Its head says whose it is; the rest is gone.
    writeFileSync(path, Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(4_000, 1)]));
    expect(await loadKnownProjects(data.path, log)).toMatchObject([{ name: 'b' }]);
  });

  it('are not guessed where a newer cullstream wrote them, or they cannot be read', async () => {
    using data = createDataFolder();
    data.write(FILE, '{"v":2}');
    const loading = loadKnownProjects(data.path, log);
    await expect(loading).rejects.toThrow(ConfigurationError);
    await expect(loading).rejects.toThrow(
      `${join(data.path, FILE)}: a newer version has written it; update cullstream`,
    );
    using other = createDataFolder();
    mkdirSync(join(other.path, FILE), { recursive: true });
    const reading = loadKnownProjects(other.path, log);
    await expect(reading).rejects.toThrow(ConfigurationError);
    await expect(reading).rejects.toThrow(`${join(other.path, FILE)} cannot be read: `);
  });
});

describe('projects that are forgotten', () => {
  it('are known no more, however their names are written', async () => {
    using data = createDataFolder();
    write(data, known('cafe\u0301'), known('b'));
    expect(await forgetProjects(['./caf\u00e9/'], data.path, log)).toEqual([]);
    expect(await loadKnownProjects(data.path, log)).toEqual([known('b')]);
  });

  it('are all refused where one of them is not known', async () => {
    using data = createDataFolder();
    write(data, known('a'), known('b'));
    expect(await forgetProjects(['a', 'c', 'd'], data.path, log)).toEqual(['c', 'd']);
    expect(await loadKnownProjects(data.path, log)).toEqual([known('a'), known('b')]);
  });
});
