import { describe, expect, it } from 'vitest';
import { waitFor } from './wait-for.js';

describe('waiting for a condition', () => {
  it('gives back what the condition gave', async () => {
    const answers = [undefined, false as const, 'ready'];
    const value = await waitFor(() => answers.shift(), {
      what: 'an answer',
      timeoutMs: 5_000,
      intervalMs: 1,
    });
    expect(value).toBe('ready');
  });

  it('takes a failure for not yet', async () => {
    let looks = 0;
    const look = () => {
      looks += 1;
      return looks < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve(looks);
    };
    expect(await waitFor(look, { what: 'three looks', timeoutMs: 5_000, intervalMs: 1 })).toBe(3);
  });

  it('says what never came, and why', async () => {
    const failing = waitFor(
      () => {
        throw new Error('no such table');
      },
      { what: 'the first row', timeoutMs: 10, intervalMs: 1 },
    );
    await expect(failing).rejects.toMatchObject({
      message: 'waited 10 ms in vain for the first row',
      cause: new Error('no such table'),
    });
  });
});
