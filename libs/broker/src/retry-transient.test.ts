import { expect, it } from 'vitest';
import { retryTransient } from './retry-transient.js';

it('waits for no longer than it says, even for a request that is never answered', async () => {
  const failure = new Error('no answer');
  let asked = 0;
  const answer = retryTransient(
    () => (asked++ === 0 ? Promise.reject(failure) : new Promise(() => undefined)),
    undefined,
    { mostMs: 700 },
  );
  await expect(answer).rejects.toBe(failure);
  expect(asked).toBe(2);
});
