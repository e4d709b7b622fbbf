import { MalformedEventError, PermanentError, TransientError } from '@cullstream/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDisposition, NeverFinishedError } from './to-disposition.js';

describe('disposition', () => {
  it('acknowledges what is done, however often it was delivered', () => {
    expect(toDisposition(undefined, 1)).toEqual({ kind: 'ack' });
    expect(toDisposition(undefined, 99)).toEqual({ kind: 'ack' });
  });

  it('never gives up a passing failure', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (deliveryCount) => {
        expect(toDisposition(new TransientError('busy'), deliveryCount).kind).toBe('nak');
      }),
    );
  });

  it('waits as long as a passing failure asks for', () => {
    expect(toDisposition(new TransientError('busy', { retryAfterMs: 1234 }), 3)).toEqual({
      kind: 'nak',
      delayMs: 1234,
    });
  });

  it('waits longer from delivery to delivery, up to a minute', () => {
    const delays = [1, 2, 3, 7, 8, 50].map((count) =>
      toDisposition(new TransientError('x'), count),
    );

    expect(delays).toEqual(
      [500, 1_000, 2_000, 32_000, 60_000, 60_000].map((delayMs) => ({ kind: 'nak', delayMs })),
    );
  });

  it('gives a final failure up at its first delivery, with its reason', () => {
    expect(toDisposition(new PermanentError('crc-mismatch', 'x'), 1)).toEqual({
      kind: 'dead',
      reason: 'crc-mismatch',
    });
  });

  it('gives a malformed event up at its first delivery', () => {
    expect(toDisposition(new MalformedEventError('x'), 1)).toEqual({
      kind: 'dead',
      reason: 'malformed-event',
    });
  });

  it('gives up what never finished', () => {
    expect(toDisposition(new NeverFinishedError('x'), 8)).toEqual({
      kind: 'dead',
      reason: 'never-finished',
    });
  });

  it('retries a bug four times and gives it up at the fifth delivery', () => {
    const kinds = [1, 2, 3, 4, 5].map((count) => toDisposition(new TypeError('x'), count).kind);

    expect(kinds).toEqual(['nak', 'nak', 'nak', 'nak', 'dead']);
  });
});
