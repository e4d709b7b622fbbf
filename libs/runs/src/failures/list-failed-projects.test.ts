import type { ProjectSummary, Summary } from '@cullstream/report';
import { describe, expect, it } from 'vitest';
import { findFailed } from './list-failed-projects.js';

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
});
