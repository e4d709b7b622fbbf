import type { RejectedSource } from '@cullstream/contracts';
import { createLogger } from '@cullstream/runtime';
import { changeAcceptances, identifyProject } from '@cullstream/store';
import { describe, expect, it } from 'vitest';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import { findAcceptedProjects } from './accepted-projects.js';

const log = createLogger('test', 'silent');
const failure = {
  project_id: 'caf\u00e9',
  zip_file: 'cafe.zip',
  message: 'cafe.zip is cut',
  source_content: 'size 9',
};
const source: RejectedSource = {
  ...{ name: 'caf\u00e9', source: 'cafe.zip', message: 'cafe.zip is cut', content: 'size 9' },
};

const accept = (data: DataFolder, failed = failure) =>
  changeAcceptances(data.path, (all) =>
    all.with([{ ...identifyProject(failed), at: '2026-02-01T00:00:00.000Z', why: 'a scrap' }]),
  );
const summarize = (data: DataFolder, message: string) =>
  data.write(
    'ai_data/batch_predictions_summary_1.json',
    JSON.stringify({
      ...{ batch_id: 'r1', completed_at: 'at noon', results: {}, images: {}, groups: {} },
      projects: [{ ...failure, status: 'failed', message }],
    }),
  );

describe('a project whose failure was accepted', () => {
  it('is known by its source as it is today', async () => {
    using data = createDataFolder();
    await accept(data);
    const { ofSource, problem } = await findAcceptedProjects(data.path, log);
    expect(problem).toBeUndefined();
    expect(ofSource(source)?.why).toBe('a scrap');
    expect(ofSource({ ...source, message: 'cafe.zip is no archive' })).toBeUndefined();
    expect(ofSource({ ...source, content: 'size 10' })).toBeUndefined();
    expect(ofSource({ ...source, name: 'other' })).toBeUndefined();
  });

  it('is known by its name, however composed, as long as it fails so', async () => {
    using data = createDataFolder();
    await accept(data);
    summarize(data, failure.message);
    const { ofProject, all } = await findAcceptedProjects(data.path, log);
    expect(all).toEqual([{ project: 'caf\u00e9', gap: 'cafe.zip is cut', why: 'a scrap' }]);
    expect(ofProject('cafe\u0301')?.why).toBe('a scrap');
    expect(ofProject('other')).toBeUndefined();
    summarize(data, 'cafe.zip is no archive');
    const later = await findAcceptedProjects(data.path, log);
    expect(later.ofProject('caf\u00e9')).toBeUndefined();
  });

  it('is not known by a name that another source has', async () => {
    using data = createDataFolder();
    await accept(data);
    summarize(data, failure.message);
    const remember = (known: string) => {
      const memory = { name: 'caf\u00e9', source: known, originals: null };
      const projects = [{ ...memory, images: 3, inventory: null }];
      data.write('.cullstream/projects.json', JSON.stringify({ v: 1, projects }));
    };
    remember('cafe');
    const { ofProject, all } = await findAcceptedProjects(data.path, log);
    expect(ofProject('caf\u00e9')).toBeUndefined();
    expect(all).toHaveLength(1);
    remember('cafe.zip');
    const same = await findAcceptedProjects(data.path, log);
    expect(same.ofProject('caf\u00e9')?.why).toBe('a scrap');
  });

  it('is none where nothing was accepted, or what was cannot be read', async () => {
    using data = createDataFolder();
    summarize(data, failure.message);
    const none = await findAcceptedProjects(data.path, log);
    expect(none.ofProject('caf\u00e9')).toBeUndefined();
    data.write('ai_data/accepted_failures.json', '{');
    const { problem, ofSource } = await findAcceptedProjects(data.path, log);
    expect(problem).toContain('accepted_failures.json');
    expect(ofSource(source)).toBeUndefined();
  });
});
