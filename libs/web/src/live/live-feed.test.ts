import type { RunStatus } from '@cullstream/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveStates } from './live-feed.js';

function makeStatus(run: string, changes: Partial<RunStatus> = {}): RunStatus {
  return {
    run,
    at: '2026-01-31T12:00:00.000Z',
    startedAt: '2026-01-31T11:00:00.000Z',
    state: 'running',
    projects: [],
    imagesPerSecond: 3,
    eta: null,
    bottleneck: null,
    deadLetters: 0,
    warnings: [],
    ...changes,
  };
}

const failure = { project: 'a', image: 'x.png', reason: 'empty-file', message: 'it is empty' };

describe('the live state', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is the last that each run said, whole, and those of several runs apart', () => {
    const live = new LiveStates({ readRecent: () => ({ failures: [], decisions: [] }) });
    live.take(makeStatus('20260131T110000Z-bbbb', { imagesPerSecond: 1 }));
    live.take(makeStatus('20260131T100000Z-aaaa', { replay: true }));
    live.take(makeStatus('20260131T110000Z-bbbb', { imagesPerSecond: 2, embedders: 3 }));
    const { runs } = live.current();
    expect(runs.map(({ status }) => [status.run, status.imagesPerSecond])).toEqual([
      ['20260131T100000Z-aaaa', 3],
      ['20260131T110000Z-bbbb', 2],
    ]);
    expect(runs[1]).toMatchObject({ embedders: 3, backlogs: null, history: [], first: [] });
    expect(runs[1]?.status).not.toHaveProperty('embedders');
  });

  it('forgets a run that nobody reports on any more, and a finished one after a minute', () => {
    const live = new LiveStates({ readRecent: () => ({ failures: [], decisions: [] }) });
    live.take(makeStatus('20260131T100000Z-aaaa'));
    live.take(makeStatus('20260131T110000Z-bbbb', { state: 'completed' }));
    vi.advanceTimersByTime(16_000);
    expect(live.current().runs.map(({ status }) => status.run)).toEqual(['20260131T110000Z-bbbb']);
    vi.advanceTimersByTime(50_000);
    expect(live.current().runs).toEqual([]);
  });

  it('reads databases while somebody looks, for a small share of the time, and keeps what it read', () => {
    let asked = 0;
    const live = new LiveStates({
      readRecent: () => {
        asked++;
        vi.advanceTimersByTime(100);
        return { failures: [{ ...failure, reason: 'empty-file' }], decisions: [] };
      },
    });
    const take = () => live.take(makeStatus('20260131T100000Z-aaaa'));
    take();
    expect(asked).toBe(0);
    const heard: number[] = [];
    const unsubscribe = live.subscribe(({ runs }) => heard.push(runs[0]?.failures.length ?? -1));
    take();
    vi.advanceTimersByTime(1_000);
    take();
    expect([asked, heard]).toEqual([1, [1, 1]]);
    vi.advanceTimersByTime(1_000);
    take();
    expect(asked).toBe(2);
    unsubscribe();
    vi.advanceTimersByTime(10_000);
    take();
    expect([asked, heard.length]).toEqual([2, 3]);
  });

  it('reads again after five seconds, however long it took, and always at the end of a run', () => {
    let asked = 0;
    const live = new LiveStates({
      readRecent: () => {
        asked++;
        vi.advanceTimersByTime(1_000);
        return { failures: [], decisions: [] };
      },
    });
    const take = (state: RunStatus['state']) =>
      live.take(makeStatus('20260131T100000Z-aaaa', { state }));
    live.subscribe(() => undefined);
    take('running');
    vi.advanceTimersByTime(3_000);
    take('running');
    expect(asked).toBe(1);
    vi.advanceTimersByTime(1_000);
    take('running');
    take('completed');
    expect(asked).toBe(3);
  });
});
