import { describe, expect, it } from 'vitest';
import { TransientError } from '@cullstream/contracts';
import type { BusLog } from '../bus-log.js';
import { createRedeliveryLog } from './redelivery-log.js';

function openLog() {
  const levels: string[] = [];
  const log: BusLog = {
    debug: () => void levels.push('debug'),
    info: () => void levels.push('info'),
    warn: () => void levels.push('warn'),
    error: () => void levels.push('error'),
  };
  const clock = { ms: 0 };
  return { levels, clock, redeliveries: createRedeliveryLog(log, () => clock.ms) };
}

const diskFull = (image: string) =>
  new TransientError(`could not store ${image}: the disk is full`, {
    cause: Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }),
  });

describe('an outage', () => {
  it('is said once, whatever it names, and once when it is over', () => {
    const { levels, redeliveries } = openLog();
    for (const sequence of [1, 2, 3])
      redeliveries.failed(sequence, diskFull(`${sequence}.png`), {});
    redeliveries.done(2);
    redeliveries.done(3);
    expect(levels).toEqual(['warn', 'debug', 'debug', 'info']);
  });

  it('is not over because something else is done', () => {
    const { levels, redeliveries } = openLog();
    redeliveries.failed(1, diskFull('1.png'), {});
    redeliveries.done(2);
    redeliveries.failed(1, diskFull('1.png'), {});
    expect(levels).toEqual(['warn', 'debug']);
  });

  it('is said again when it comes back, and beside one of another kind', () => {
    const { levels, redeliveries } = openLog();
    redeliveries.failed(1, diskFull('1.png'), {});
    redeliveries.failed(2, new TransientError('another program holds its lock'), {});
    redeliveries.done(1);
    redeliveries.failed(3, diskFull('1.png'), {});
    expect(levels).toEqual(['warn', 'warn', 'info', 'warn']);
  });

  it('is a new one after a while in which others have done what had failed here', () => {
    const { levels, clock, redeliveries } = openLog();
    redeliveries.failed(1, diskFull('1.png'), {});
    clock.ms += 60_000;
    redeliveries.failed(2, diskFull('2.png'), {});
    clock.ms += 121_000;
    redeliveries.failed(3, diskFull('3.png'), {});
    expect(levels).toEqual(['warn', 'debug', 'warn']);
  });

  it('is none where a handler has a bug, which is said each time', () => {
    const { levels, redeliveries } = openLog();
    redeliveries.failed(1, new Error('a bug'), {});
    redeliveries.failed(1, new Error('a bug'), {});
    redeliveries.done(1);
    expect(levels).toEqual(['warn', 'warn']);
  });

  it('is none where a delivery is handed back on purpose', () => {
    const { levels, redeliveries } = openLog();
    redeliveries.failed(1, new TransientError('the consumer stops', { retryAfterMs: 0 }), {});
    redeliveries.done(1);
    expect(levels).toEqual(['debug']);
  });
});
