import { expect, it } from 'vitest';
import { toFirstUnpublished } from './to-first-unpublished.js';

it('begins at the first image of a project without events', () => {
  expect(toFirstUnpublished(undefined)).toBe(0);
});

it('goes back over what may have been in flight', () => {
  expect(toFirstUnpublished(100)).toBe(0);
  expect(toFirstUnpublished(999)).toBe(744);
});
