import { TransientError } from '@cullstream/contracts';
import { expect, it } from 'vitest';
import { retryReading } from './retry-reading.js';

function failing(times: number, toError: () => Error) {
  let tries = 0;
  const read = () => {
    tries += 1;
    if (tries <= times) throw toError();
    return 'read';
  };
  return { read, tries: () => tries };
}

const passing = () => new TransientError('an I/O error');
const firstDelayMs = 1;

it('what may pass is tried five times', async () => {
  expect(await retryReading(failing(4, passing).read, { firstDelayMs })).toBe('read');
  const lasting = failing(5, passing);
  await expect(retryReading(lasting.read, { firstDelayMs })).rejects.toThrow('an I/O error');
  expect(lasting.tries()).toBe(5);
});

it('nothing else is tried again, and nothing by who is to stop', async () => {
  const damaged = failing(1, () => new Error('damaged'));
  await expect(retryReading(damaged.read, { firstDelayMs })).rejects.toThrow('damaged');
  const stopping = new AbortController();
  const { read, tries } = failing(1, passing);
  const reading = retryReading(read, { signal: stopping.signal });
  stopping.abort(new Error('stopping'));
  await expect(reading).rejects.toThrow('stopping');
  expect([damaged.tries(), tries()]).toEqual([1, 1]);
});
