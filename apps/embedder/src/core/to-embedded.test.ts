import type { ImageFound } from '@cullstream/contracts';
import { expect, it } from 'vitest';
import { toEmbedded } from './to-embedded.js';

const found: ImageFound = {
  v: 1,
  type: 'image.found',
  run: '20260131T094500Z-k3x9',
  project: {
    name: 'dalia',
    source: 'dalia',
    catalogue: '0123456789abcdef',
    images: 1,
    groups: 0,
    ungrouped: 1,
  },
  sequence: 7,
  image: 'a.png',
  source: { kind: 'file', path: 'dalia/a.png', size: 5, modifiedMs: 1 },
  group: null,
  legacyEmbedding: 'older.npy',
};

it('an embedded image says whose vector it is, and no more of the older tool', () => {
  const resolved = {
    contentSha256: 'c'.repeat(64),
    widthPx: 640,
    heightPx: 480,
    vector: new Float32Array(512),
    origin: 'computed' as const,
  };
  const { legacyEmbedding: _unused, ...identity } = found;
  expect(toEmbedded(found, resolved, '1'.repeat(16))).toEqual({
    ...identity,
    ...resolved,
    type: 'image.embedded',
    embeddingRecipe: '1'.repeat(16),
  });
});
