import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectSummary, Summary } from '@cullstream/report';
import { createLogger } from '@cullstream/runtime';
import { describe, expect, it } from 'vitest';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import { findFailed, listFailedProjects } from './list-failed-projects.js';

const project = (name: string, rest: Partial<ProjectSummary>) =>
  ({ project_id: name, zip_file: `${name}.zip`, message: null, ...rest }) as ProjectSummary;
const failed = (name: string) => project(name, { status: 'failed', source_content: null });
const run = (id: string, ...projects: ProjectSummary[]) =>
  ({ batch_id: id, completed_at: `at ${id}`, projects }) as unknown as Summary;

describe('projects that failed as a whole', () => {
  it('are listed after a run of others, or one that left them out', () => {
    const leftOut = project('a', { status: 'skipped', source_content: null });
    const runs = [
      run('3', leftOut, project('b', { status: 'success' })),
      run('2', failed('a')),
      run('1', failed('a')),
    ];
    expect(findFailed(runs)).toMatchObject([
      { project: 'a', run: '2', attempts: 2, firstAt: 'at 1', lastAt: 'at 2' },
    ]);
  });

  it.each(['success', 'skipped'] as const)('are none any more after %s', (status) => {
    expect(findFailed([run('2', project('a', { status })), run('1', failed('a'))])).toEqual([]);
  });

  it('are not settled by another source of the same name', () => {
    const [folder, archive] = [
      project('trip', { zip_file: 'trip', status: 'success' }),
      { ...failed('trip'), message: 'its name is that of trip' },
    ];
    const runs = [run('2', folder, archive), run('1', folder, archive)];
    expect(findFailed(runs)).toMatchObject([{ project: 'trip', archive: 'trip.zip', attempts: 2 }]);
    const both = [{ ...failed('trip'), zip_file: 'trip' }, archive];
    const [one, other, ...more] = findFailed([run('1', ...both)]);
    expect([one?.archive, other?.archive, more]).toEqual(['trip', 'trip.zip', []]);
    expect(one?.id).not.toBe(other?.id);
  });

  it('are told with their source, what was wrong with it, and since when', () => {
    const [later, earlier] = [
      { ...failed('a'), message: 'a.zip is cut' },
      { ...failed('a'), message: 'a.zip is no archive' },
    ];
    expect(findFailed([run('2', later), run('1', earlier)])).toEqual([
      {
        kind: 'project',
        id: expect.stringMatching(/^p[0-9a-f]{12}$/),
        project: 'a',
        run: '2',
        archive: 'a.zip',
        entry: '',
        stage: 'extractor',
        reason: 'project-failed',
        message: 'a.zip is cut',
        attempts: 2,
        firstAt: 'at 1',
        lastAt: 'at 2',
        identity: expect.objectContaining({ kind: 'project', project: 'a' }),
      },
    ]);
    expect(findFailed([run('1', failed('a'))])[0]?.message).toBe('');
  });

  it('are counted as often as they failed since they last succeeded', () => {
    const runs = [
      run('4', failed('a')),
      run('3', failed('a')),
      run('2', project('a', { status: 'success' })),
      run('1', failed('a')),
    ];
    expect(findFailed(runs)).toMatchObject([{ attempts: 2, firstAt: 'at 3' }]);
  });

  it('have an id however their names are composed', () => {
    const findId = (name: string) => findFailed([run('1', failed(name))])[0]?.id;
    expect(findId('caf\u00e9')).toBe(findId('cafe\u0301'));
    expect(findId('a')).not.toBe(findId('b'));
  });
});

describe('projects that failed, of a data folder', () => {
  const log = createLogger('test', 'silent');
  const nothing = { results: {}, images: {}, groups: {} };
  /** Writes the summary of the run of a number, which is its time as well. */
  const summarize = (data: DataFolder, number: number, rest: object) => {
    const id = String(number).padStart(3, '0');
    data.write(
      `ai_data/batch_predictions_summary_${id}.json`,
      JSON.stringify({ ...nothing, batch_id: id, completed_at: `at ${id}`, projects: [], ...rest }),
    );
  };
  const list = async (data: DataFolder) =>
    (await listFailedProjects(data.path, log)).map(({ project, run }) => `${project} ${run}`);
  const remember = (data: DataFolder, ...originals: (string | null)[]) =>
    data.write(
      '.cullstream/projects.json',
      JSON.stringify({
        v: 1,
        projects: originals.map((folder, index) => ({
          name: `known${index}`,
          source: `known${index}`,
          originals: folder,
          images: 1,
          inventory: null,
        })),
      }),
    );

  it('are those of its runs, not of its replays', async () => {
    using data = createDataFolder();
    summarize(data, 1, { projects: [failed('a')] });
    summarize(data, 2, { replay: true, projects: [failed('b')] });
    summarize(data, 3, { replay: false, projects: [failed('c')] });
    expect(await list(data)).toEqual(['c 003', 'a 001']);
  });

  it('are looked for in its twenty newest runs', async () => {
    using data = createDataFolder();
    summarize(data, 1, { projects: [failed('a')] });
    summarize(data, 2, { projects: [failed('b')] });
    for (let number = 3; number <= 21; number += 1) summarize(data, number, {});
    expect(await list(data)).toEqual(['b 002']);
  });

  it('are not those whose source is gone, but all of the newest run', async () => {
    using data = createDataFolder();
    const originals = join(data.path, 'originals');
    data.write('originals/there.zip', '');
    remember(data, originals);
    summarize(data, 1, { projects: [failed('there'), failed('gone')] });
    expect(await list(data)).toEqual(['there 001', 'gone 001']);
    summarize(data, 2, { projects: [failed('absent')] });
    expect(await list(data)).toEqual(['absent 002', 'there 001']);
  });

  it('are looked for below every folder of originals that is there', async () => {
    using data = createDataFolder();
    const [one, other] = [join(data.path, 'one'), join(data.path, 'other')];
    mkdirSync(one);
    data.write('other/there.zip', '');
    remember(data, null, join(data.path, 'unmounted'), one, other);
    summarize(data, 1, { projects: [failed('there'), failed('gone')] });
    summarize(data, 2, {});
    expect(await list(data)).toEqual(['there 001']);
  });

  it('are all listed while no folder of originals is there', async () => {
    using data = createDataFolder();
    remember(data, null, join(data.path, 'unmounted'));
    summarize(data, 1, { projects: [failed('a')] });
    summarize(data, 2, {});
    expect(await list(data)).toEqual(['a 001']);
  });

  it('are none where no run has ended', async () => {
    using data = createDataFolder();
    expect(await list(data)).toEqual([]);
  });
});
