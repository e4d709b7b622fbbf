import { expect, it } from 'vitest';
import { toSequence } from './read-published-sequences.js';

const run = '20260131T094500Z-k3x9';

it.each([
  [`${run}/Slender Kiara/17/image.embedded`, 17],
  [`${run}/Slender Kiara/0/image.failed.embedder/retry-0a1b`, 0],
  [`${run}/Slender Kiara/project.cataloged`, undefined],
  [`${run}/dalia/3/image.embedded`, undefined],
  ['20250131T094500Z-aaaa/Slender Kiara/3/image.embedded', undefined],
  [undefined, undefined],
])('reads the position of an image off %s', (id, sequence) => {
  expect(toSequence(id, run, 'Slender Kiara')).toBe(sequence);
});
