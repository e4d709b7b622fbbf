import { expect, it } from 'vitest';
import { InterruptedError, neverInterrupted, unlessInterrupted } from './interruption.js';

const pending = new Promise<never>(() => undefined);

it('work that is done in time has its outcome', async () => {
  expect(await unlessInterrupted(Promise.resolve(3), neverInterrupted)).toBe(3);
  expect(neverInterrupted.signal.aborted).toBe(false);
});

it('work is left where it is when an end is requested', async () => {
  const interruption = { ...neverInterrupted, requested: Promise.resolve() };
  const left = unlessInterrupted(pending, interruption);
  await expect(left).rejects.toThrow(InterruptedError);
  await expect(left).rejects.toMatchObject({ name: 'InterruptedError', message: 'interrupted' });
});
