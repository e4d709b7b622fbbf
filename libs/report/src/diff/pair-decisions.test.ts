import { expect, it } from 'vitest';
import { pairDecisions, type VersionOutputs } from './pair-decisions.js';

const decision = { selectedIndex: 0, confidence: 1, crop: null };

function outputs(groups: Record<string, readonly string[]>): VersionOutputs {
  return {
    groups: new Map(
      Object.entries(groups).map(([groupId, images]) => [groupId, { groupId, images, decision }]),
    ),
    proposals: new Map([['one', new Map([[1, [0, 0, 1, 1] as const]])]]),
  };
}

it('pairs groups over the same images and counts the others', () => {
  const { pairs, otherGroups } = pairDecisions(
    outputs({ one: ['a', 'b'], two: ['c'], gone: ['d'] }),
    outputs({ one: ['a', 'b'], two: ['c', 'x'] }),
    new Map(),
  );
  expect(pairs.map(({ groupId }) => groupId)).toEqual(['one']);
  expect(otherGroups).toBe(3);
});

it('finds the image that the user chose, listed in another folder or order', () => {
  const row = { groupId: 'one', images: ['x/b', 'x/a'], selectedIndex: 0, crop: null };
  const { pairs } = pairDecisions(
    outputs({ one: ['a', 'b'] }),
    outputs({ one: ['a', 'b'] }),
    new Map([['one', row]]),
  );
  expect(pairs[0]?.user).toEqual({
    selectedIndex: 1,
    crop: null,
    proposals: { a: [0, 0, 1, 1], b: [0, 0, 1, 1] },
  });
});

it('leaves a choice out that names an image of no version', () => {
  const row = { groupId: 'one', images: ['z'], selectedIndex: 0, crop: null };
  const { pairs } = pairDecisions(
    outputs({ one: ['a'] }),
    outputs({ one: ['a'] }),
    new Map([['one', row]]),
  );
  expect(pairs[0]?.user).toBeNull();
});
