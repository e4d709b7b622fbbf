import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupImages } from './group-images.js';
import { sortImages } from './sort-images.js';

const golden = new URL('../../../fixtures/grouping/cases.json', import.meta.url);

interface GoldenCase {
  name: string;
  minGroupSize: number;
  input: string[];
  sorted: string[];
  groups: string[][];
}

const named = (names: readonly string[]) => names.map((name) => ({ name }));
const toNames = (images: readonly { name: string }[]) => images.map(({ name }) => name);

describe('golden groupings', () => {
  const cases = JSON.parse(readFileSync(golden, 'utf8')) as GoldenCase[];
  it.each(cases)('$name', ({ input, sorted, groups, minGroupSize }) => {
    const order = sortImages(named(input));
    expect(toNames(order)).toEqual(sorted);
    expect(groupImages(order, { minGroupSize }).map(toNames)).toEqual(groups);
  });
});

describe('groupImages', () => {
  const two = named([
    '20250701_100000_stage1_generated.png',
    '20250701_101500_stage2_upscaled.png',
  ]);

  it('joins rising stages whatever the time between them when no gap is given', () => {
    expect(groupImages(two, { minGroupSize: 2 })).toHaveLength(1);
  });

  it('ends a group at a longer gap than the given one', () => {
    expect(groupImages(two, { minGroupSize: 2, timeGapMinutes: 14 })).toEqual([]);
    expect(groupImages(two, { minGroupSize: 2, timeGapMinutes: 15 })).toHaveLength(1);
  });

  it('never looks further than 50 images ahead', () => {
    const filler = Array.from({ length: 50 }, () => ({ name: 'x_stage3_enhanced.png' }));
    const images = [
      { name: 'a_stage1_generated.png' },
      ...filler,
      { name: 'b_stage2_upscaled.png' },
    ];
    const [group] = groupImages(images, { minGroupSize: 2 });
    expect(group?.map(({ name }) => name)).toEqual([
      'a_stage1_generated.png',
      'x_stage3_enhanced.png',
    ]);
  });

  it('puts an image in at most one group and keeps the order', () => {
    const stage = fc.constantFrom(
      'stage1_generated',
      'stage1.5_face_swapped',
      'stage2_upscaled',
      'stage3_enhanced',
      'other',
    );
    const image = fc.record({ second: fc.integer({ min: 10, max: 59 }), stage });
    fc.assert(
      fc.property(fc.array(image, { maxLength: 80 }), (specs) => {
        const sorted = sortImages(
          specs.map((spec, index) => ({
            name: `20250701_1000${spec.second}_${spec.stage}_${index}.png`,
          })),
        );
        const positions = groupImages(sorted, { minGroupSize: 2 })
          .flat()
          .map((member) => sorted.indexOf(member));
        expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
      }),
    );
  });
});
