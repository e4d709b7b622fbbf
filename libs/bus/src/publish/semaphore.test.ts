import { describe, expect, it } from 'vitest';
import { createSemaphore } from './semaphore.js';

describe('slots', () => {
  it('go to as many as there are, then to those who wait, in order', async () => {
    const slots = createSemaphore(2);
    const got: string[] = [];
    const take = (name: string) => slots.acquire().then(() => got.push(name));

    const all = Promise.all(['a', 'b', 'c', 'd'].map(take));
    await Promise.resolve();
    await Promise.resolve();
    expect(got).toEqual(['a', 'b']);
    slots.release();
    slots.release();
    await all;

    expect(got).toEqual(['a', 'b', 'c', 'd']);
  });
});
