import { encodeEvent, type ImageFailure } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { toResultEvents, type CommittedProgress } from './to-result-events.js';

const NOW = new Date('2026-01-31T10:00:00.000Z');
const PLENTY = 1_000_000;
const failure: ImageFailure = { image: 'a.png', reason: 'image-undecodable', message: 'no image' };
const progress: CommittedProgress = {
  run: '20260131T094500Z-k3x9',
  project: {
    name: 'dalia',
    source: 'dalia.zip',
    catalogue: '0123456789abcdef',
    images: 10,
    groups: 4,
    ungrouped: 1,
  },
  counts: {
    embedded: 7,
    cached: 2,
    failed: 1,
    decidedGroups: 4,
    failedGroups: 0,
    invertedCrops: 0,
  },
  startedAt: '2026-01-31T09:50:00.000Z',
  completedAt: null,
  failures: [failure],
};
const done = { ...progress, completedAt: '2026-01-31T09:59:59.000Z' };
const { run, project, counts, startedAt } = progress;
const told = { v: 1, run, project, counts, startedAt };
const failuresIn = (failures: readonly ImageFailure[], maxBytes: number) => {
  const [, last] = toResultEvents({ ...done, failures }, 'dalia.db', NOW, maxBytes);
  return last?.type === 'project.completed' ? last.failures : undefined;
};

describe('what is told after a commit', () => {
  it('is where the project stands', () => {
    expect(toResultEvents(progress, 'dalia.db', NOW, PLENTY)).toEqual([
      { ...told, type: 'project.progressed', at: NOW.toISOString() },
    ]);
  });

  it('is its end, too, once it is complete', () => {
    const { completedAt } = done;
    expect(toResultEvents(done, 'dalia.db', NOW, PLENTY)).toEqual([
      { ...told, type: 'project.progressed', at: NOW.toISOString() },
      {
        ...told,
        type: 'project.completed',
        database: 'dalia.db',
        completedAt,
        failures: [failure],
      },
    ]);
  });

  it('names the first failures, as many as the broker carries', () => {
    const failures = Array.from({ length: 1_000 }, (_unused, index) => ({
      ...failure,
      image: `${index}.png`,
    }));
    const maxBytes = 20_000;
    const [, last] = toResultEvents({ ...done, failures }, 'dalia.db', NOW, maxBytes);
    expect(last && encodeEvent(last).length).toBeLessThanOrEqual(maxBytes);
    const named = failuresIn(failures, maxBytes);
    expect(named).toEqual(failures.slice(0, named?.length));
    expect(named?.length).toBeGreaterThan(150);
  });

  it('counts bytes, not characters', () => {
    const failures = Array.from({ length: 1_000 }, () => ({
      ...failure,
      message: '図'.repeat(50),
    }));
    const [, last] = toResultEvents({ ...done, failures }, 'dalia.db', NOW, 20_000);
    expect(last && encodeEvent(last).length).toBeLessThanOrEqual(20_000);
  });

  it('names a failure that just fits, and none where there is no room', () => {
    const bytes = Buffer.byteLength(JSON.stringify(failure)) + 1;
    expect(failuresIn([failure], 4_096 + bytes)).toEqual([failure]);
    expect(failuresIn([failure], 4_096 + bytes - 1)).toEqual([]);
  });
});
