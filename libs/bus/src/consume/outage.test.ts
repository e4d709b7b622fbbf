import { describe, expect, it } from 'vitest';
import { TransientError } from '@cullstream/contracts';
import type { BusLog } from '../bus-log.js';
import { createOutage } from './outage.js';

function openLog() {
  const levels: string[] = [];
  const log: BusLog = {
    debug: () => void levels.push('debug'),
    info: () => void levels.push('info'),
    warn: () => void levels.push('warn'),
    error: () => void levels.push('error'),
  };
  return { levels, outage: createOutage(log) };
}

const diskFull = (image: string) =>
  new TransientError(`could not store ${image}: the disk is full`, {
    cause: Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }),
  });

describe('an outage', () => {
  it('is said once, whatever it names, and once when it is over', () => {
    const { levels, outage } = openLog();
    for (const sequence of [1, 2, 3]) outage.met(sequence, diskFull(`${sequence}.png`), {});
    outage.passed(2);
    outage.passed(3);
    expect(levels).toEqual(['warn', 'debug', 'debug', 'info']);
  });

  it('is not over because something else is done', () => {
    const { levels, outage } = openLog();
    outage.met(1, diskFull('1.png'), {});
    outage.passed(2);
    outage.met(1, diskFull('1.png'), {});
    expect(levels).toEqual(['warn', 'debug']);
  });

  it('is said again when it comes back, and beside one of another kind', () => {
    const { levels, outage } = openLog();
    outage.met(1, diskFull('1.png'), {});
    outage.met(2, new TransientError('another program holds its lock'), {});
    outage.passed(1);
    outage.met(3, diskFull('1.png'), {});
    expect(levels).toEqual(['warn', 'warn', 'info', 'warn']);
  });

  it('is none where a handler has a bug, which is said each time', () => {
    const { levels, outage } = openLog();
    outage.met(1, new Error('a bug'), {});
    outage.met(1, new Error('a bug'), {});
    outage.passed(1);
    expect(levels).toEqual(['warn', 'warn']);
  });

  it('is none where a delivery is handed back on purpose', () => {
    const { levels, outage } = openLog();
    outage.met(1, new TransientError('the consumer stops', { retryAfterMs: 0 }), {});
    outage.passed(1);
    expect(levels).toEqual(['debug']);
  });
});
