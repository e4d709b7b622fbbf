import { bundleLimits } from '@cullstream/bus';
import { describe, expect, it } from 'vitest';
import { toBundleLimits } from './to-bundle-limits.js';

describe('toBundleLimits', () => {
  it.each([
    ['every image is cached', 1_000, 1_000],
    ['one is damaged', 1_000, 999],
    ['one of few is damaged', 12, 11],
    ['up to one a message is not cached', 1_000, 984],
  ])('gives large messages where %s', (_case, images, cached) => {
    expect(toBundleLimits(images, cached)).toBe(bundleLimits.cachedImages);
  });

  it.each([
    ['nothing is cached', 1_000, 0],
    ['more than one a message is not', 1_000, 983],
    ['two of few are not', 12, 10],
  ])('gives small messages where %s', (_case, images, cached) => {
    expect(toBundleLimits(images, cached)).toBe(bundleLimits.images);
  });
});
