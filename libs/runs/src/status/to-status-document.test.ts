import type { RunStatus } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import type { LastSummary } from './read-last-summary.js';
import type { RunOverview } from './run-overview.js';
import { toStatusDocument } from './to-status-document.js';

const numbers = (name: string, warnings: string[] = []) =>
  ({ imagesPerSecond: 3, name, warnings }) as unknown as RunStatus;
const run: RunOverview = { run: 'r1', kind: 'run', phase: 'running', isIdle: false };
const replay: RunOverview = { run: 'r2', kind: 'replay', phase: 'running', isIdle: false };

describe('the state of a data folder as a document', () => {
  it('is none where nothing ever ran', () => {
    expect(toStatusDocument([], undefined, [])).toEqual({ run: null, state: 'none' });
  });

  it('is the summary of the last run where none is under way', () => {
    const summary = { batch_id: 'r0' };
    const last = { summary } as unknown as LastSummary;
    expect(toStatusDocument([], last, [])).toEqual({ run: 'r0', state: 'completed', summary });
  });

  it('is the run, and a replay beside it', () => {
    expect(toStatusDocument([run], undefined, [])).toEqual({
      ...{ run: 'r1', state: 'running', replay: false },
    });
    expect(toStatusDocument([run, replay], undefined, [])).toEqual({
      ...{ run: 'r1', state: 'running', replay: false },
      beside: { run: 'r2', state: 'running', replay: true },
    });
  });

  it('has first what is being worked on', () => {
    const interrupted = { ...run, phase: 'interrupted', isIdle: true } as const;
    expect(toStatusDocument([interrupted, replay], undefined, [])).toMatchObject({
      ...{ run: 'r2', replay: true, beside: { run: 'r1', state: 'interrupted' } },
    });
  });

  it('has the numbers that the reporter tells, else those that the broker has stored', () => {
    const both = { ...run, live: numbers('live'), stored: numbers('stored') };
    expect(toStatusDocument([both], undefined, [])).toMatchObject({ name: 'live' });
    const stored = { ...run, stored: numbers('stored') };
    expect(toStatusDocument([stored], undefined, [])).toMatchObject({ name: 'stored' });
  });

  it('has warnings of the command and of the run; of the command not where nobody works on it', () => {
    const live = numbers('live', ['the disk is slow']);
    expect(toStatusDocument([{ ...run, live }], undefined, ['no broker'])).toMatchObject({
      warnings: ['no broker', 'the disk is slow'],
    });
    expect(toStatusDocument([{ ...run, isIdle: true, live }], undefined, ['no'])).toMatchObject({
      warnings: ['the disk is slow'],
    });
    expect(toStatusDocument([run], undefined, [])).not.toHaveProperty('warnings');
  });
});
