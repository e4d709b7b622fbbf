import type { RunStatus } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { describeStatus } from './describe-status.js';

const counts = {
  ...{ embedded: 10, cached: 2, failed: 0 },
  ...{ decidedGroups: 0, failedGroups: 0, invertedCrops: 0 },
};
const status: RunStatus = {
  ...{ run: '20260101T000000Z-aaaa', state: 'running', bottleneck: null },
  ...{ at: '2026-01-01T00:00:10.000Z', startedAt: '2026-01-01T00:00:00.000Z' },
  projects: [{ name: 'aurora', state: 'running', images: 42, groups: 0, counts }],
  imagesPerSecond: 2,
  eta: { seconds: 15, low: 10, high: 20 },
  ...{ deadLetters: 0, warnings: [] },
};

describe('where a run stands', () => {
  it('has a rate and the time that is left', () => {
    expect(describeStatus(status)).toBe(
      '12 of 42 images, 2.0/s, about 15.0 s left (10.0 s to 20.0 s)',
    );
  });

  it('has neither while it is not known how fast it goes, as after a pause', () => {
    expect(describeStatus({ ...status, imagesPerSecond: 0 })).toBe('12 of 42 images');
    expect(describeStatus({ ...status, state: 'paused' })).toBe('paused: 12 of 42 images');
  });

  it('counts by the minute what is slow, and never as none', () => {
    expect(describeStatus({ ...status, imagesPerSecond: 0.04, eta: null })).toBe(
      '12 of 42 images, 2.4/min',
    );
  });
});
