import { expect, it } from 'vitest';
import { createStorageState } from './storage-state.js';

it('is broken from a failure until something is stored again', () => {
  const state = createStorageState();
  expect(() => state.throwIfBroken()).not.toThrow();
  const cause = new Error('the disk is full');
  state.failed(cause);
  expect(() => state.throwIfBroken()).toThrow(
    expect.objectContaining({
      message: 'the last batch could not be stored: the disk is full',
      cause,
    }) as Error,
  );
  state.worked();
  expect(() => state.throwIfBroken()).not.toThrow();
});
