import type { RunRecord } from '@cullstream/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunReport } from '../core/run-report.js';
import type { Notification } from './notifier.js';
import { createRunNotices } from './run-notices.js';

const START_MS = Date.parse('2026-01-31T10:00:00Z');
const report = {
  projects: [],
  status: (state: string, now: Date) => ({ state, at: now.toISOString() }),
} as unknown as RunReport;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([
  [0.1, 'nothing has ended for 6.0 s'],
  [1, 'nothing has ended for 1 minute,'],
  [2.5, 'nothing has ended for 2 min 30 s'],
])('a stall of %s minutes is told in units that say it', async (stallMinutes, expected) => {
  const told: Notification[] = [];
  const notices = createRunNotices({ run: 'r' } as RunRecord, report, {
    notify: (notification) => Promise.resolve(void told.push(notification)),
    stallMinutes,
  });
  for (let second = 0; second <= stallMinutes * 60; second += 1) {
    vi.setSystemTime(START_MS + second * 1_000);
    notices.look({ state: 'running' });
  }
  await notices.settled();
  expect(told.map(({ event, text }) => [event, text.includes(expected)])).toEqual([
    ['stalled', true],
  ]);
});
