import { expect, it } from 'vitest';
import { firstToPublish } from './first-to-publish.js';

it('begins at the first image of a project without events', () => {
  expect(firstToPublish(undefined)).toBe(0);
});

it('goes back over what may have been in flight', () => {
  expect(firstToPublish(100)).toBe(0);
  expect(firstToPublish(999)).toBe(744);
});
