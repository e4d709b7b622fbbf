import { describe, expect, it } from 'vitest';
import { nextRunTime } from './next-run-time.js';

const NOON = new Date('2026-01-31T12:00:00Z');

describe('nextRunTime', () => {
  it('is now where no run is newer', () => {
    expect(nextRunTime(NOON, ['20260131T110000Z-abcd', '20260130T110000Z-abcd'])).toEqual(NOON);
    expect(nextRunTime(NOON, [])).toEqual(NOON);
  });

  it('is after the newest run where the clock has gone back', () => {
    const runs = [
      '20260131T110000Z-a',
      '20260131T153000Z-a',
      '20260130T110000Z-a',
      '20260129T110000Z-a',
    ];
    expect(nextRunTime(NOON, runs)).toEqual(new Date('2026-01-31T15:30:01Z'));
  });
});
