import { runStatus, type RunStatus } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { truncateStatus } from './truncate-status.js';

const counts = {
  ...{ embedded: 3, cached: 1, failed: 0 },
  ...{ decidedGroups: 1, failedGroups: 0, invertedCrops: 0 },
};

function makeStatus(projects: number, runningAt: number): RunStatus {
  return {
    ...{ run: '20260131T094500Z-k3x9', state: 'running', imagesPerSecond: 1, eta: null },
    ...{ at: '2026-01-31T09:45:00.000Z', startedAt: '2026-01-31T09:45:00.000Z' },
    ...{ bottleneck: null, deadLetters: 0, warnings: [] },
    projects: Array.from({ length: projects }, (_unused, index) => ({
      name: `project ${index}`,
      state: index === runningAt ? ('running' as const) : ('waiting' as const),
      ...{ images: 4, groups: 1, counts },
    })),
  };
}

describe('a status', () => {
  it('names every project where it fits', () => {
    expect(truncateStatus(makeStatus(21, 3), 1_000_000)).toEqual(makeStatus(21, 3));
  });

  it('of 20,000 projects fits a message, shows those at work, and sums up the others', () => {
    const fitted = runStatus.parse(truncateStatus(makeStatus(20_000, 9_999), 30_000));
    expect(Buffer.byteLength(JSON.stringify(fitted))).toBeLessThanOrEqual(30_000);
    expect(fitted.projects.map(({ name }) => name)).toContain('project 9999');
    const others = fitted.others ?? { projects: 0, images: 0, counts };
    expect(others.projects + fitted.projects.length).toBe(20_000);
    expect(others.images + 4 * fitted.projects.length).toBe(80_000);
    expect(others.counts.embedded + 3 * fitted.projects.length).toBe(60_000);
  });

  it('keeps its warnings short', () => {
    const warnings = Array.from({ length: 9_000 }, () => 'a'.repeat(9_000));
    const fitted = truncateStatus({ ...makeStatus(1, 0), warnings }, 100_000);
    expect(Buffer.byteLength(JSON.stringify(fitted))).toBeLessThan(50_000);
  });
});
