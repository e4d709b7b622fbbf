import type { Plan } from '@cullstream/catalog';
import type { RunOptions, RunRecord } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { findObstacle, type ObstacleOptions } from './find-obstacle.js';

const options: RunOptions = { minGroupSize: 2, timeGapMinutes: null, legacyCache: 'check' };
const project = (name: string, catalogue = 'as before') => ({ project: { name, catalogue } });
const source = (name: string) => ({ name, source: `${name}.zip`, message: 'says why' });
const unfinished = {
  options,
  projects: ['a', 'b', 'c'].map((name) => project(name)),
} as unknown as RunRecord;

/** Why the unfinished run does not go on as what is planned now. */
function find(plan: object, more: Partial<ObstacleOptions> = {}): string | undefined {
  const nothing = { projects: [], skipped: [], rejected: [], excluded: [], done: [] };
  const prepared = { plan: { ...nothing, ...plan } as unknown as Plan };
  return findObstacle(unfinished, prepared, { options, mayDoMore: false, ...more });
}

describe('an unfinished run', () => {
  it('goes on with the same projects, complete or not, and with more', () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => project(name));
    expect(find({ projects: [a, b, c] })).toBeUndefined();
    expect(find({ projects: [d, a], skipped: [b, c] })).toBeUndefined();
  });

  it('does not go on where it would process what is not selected any more', () => {
    const plan = { projects: [project('a')], skipped: [project('c')], excluded: [source('b')] };
    expect(find(plan)).toBe('no longer selected: b');
    expect(find({ projects: [project('b')] })).toBe('no longer selected: a, c');
    expect(find({ ...plan, excluded: [], done: [source('b')] })).toBe('no longer selected: b');
  });

  it('does not go on where it would wait for a source that cannot be used', () => {
    const plan = { projects: [project('a'), project('b')], rejected: [source('c')] };
    expect(find(plan)).toBe('cannot be used now: c');
  });

  it('does not go on with sources or options that changed', () => {
    const changed = { projects: [project('a'), project('b', 'other'), project('c')] };
    expect(find(changed)).toBe('changed: b');
    expect(find({ ...changed, projects: [project('c', 'other')] })).toBe(
      'no longer selected: a, b; changed: c',
    );
    const same = { projects: ['a', 'b', 'c'].map((name) => project(name)) };
    expect(find(same, { options: { ...options, minGroupSize: 3 } })).toBe(
      'its options were others',
    );
  });

  it('that others are at work on may do more than is asked for', () => {
    const mayDoMore = true;
    expect(
      find({ projects: [project('a')], rejected: [source('c')] }, { mayDoMore }),
    ).toBeUndefined();
    expect(find({ projects: [project('a', 'other')] }, { mayDoMore })).toBe('changed: a');
  });
});
