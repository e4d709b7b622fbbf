import { expect, it } from 'vitest';
import { toFirstUnpublished } from './to-first-unpublished.js';

it('begins at the first image of a project without events', () => {
  expect(toFirstUnpublished(undefined, false)).toBe(0);
});

it('goes back over what may have been in flight', () => {
  expect(toFirstUnpublished(100, false)).toBe(0);
  expect(toFirstUnpublished(999, false)).toBe(744);
});

it('goes on at the next one where none before it can be missing', () => {
  expect(toFirstUnpublished(0, true)).toBe(1);
  expect(toFirstUnpublished(999, true)).toBe(1_000);
});
