import { describe, expect, it } from 'vitest';
import { createConstantBoxes, toAspect, type PersonsCrop } from './constant-boxes.js';

const crops: PersonsCrop[] = [
  { project: 'a', box: [0.1, 0.2, 0.9, 1], aspect: 1.5 },
  { project: 'a', box: [0.3, 0, 0.7, 0.8], aspect: 0.67 },
  { project: 'b', box: [0, 0.1, 1, 0.9], aspect: 1.5 },
  { project: 'b', box: [0.2, 0.4, 0.8, 0.6], aspect: 1.5 },
  { project: 'c', box: [0.5, 0.5, 0.6, 0.6], aspect: null },
];

describe('the constant box of a project', () => {
  it('is the median of the crops of the others, coordinate by coordinate', () => {
    const { all } = createConstantBoxes(crops)('a', 1.5);
    // Of b and c: x1 0, 0.2, 0.5; y1 0.1, 0.4, 0.5; x2 0.6, 0.8, 1; y2 0.6, 0.6, 0.9.
    expect(all).toEqual([0.2, 0.4, 0.8, 0.6]);
  });

  it('lies between the two in the middle of an even number', () => {
    const { all } = createConstantBoxes(crops)('c', null);
    expect(all?.map((edge) => Number(edge.toFixed(9)))).toEqual([0.15, 0.15, 0.85, 0.85]);
  });

  it('is also that of images with the same aspect ratio', () => {
    const { sameAspect, isFallback } = createConstantBoxes(crops)('b', 1.5);
    expect({ sameAspect, isFallback }).toEqual({
      sameAspect: [0.1, 0.2, 0.9, 1],
      isFallback: false,
    });
  });

  it('is that of all where no other project has the aspect ratio, or it is not known', () => {
    const toBoxes = createConstantBoxes(crops);
    for (const boxes of [toBoxes('a', 0.67), toBoxes('a', null)]) {
      expect(boxes).toEqual({
        all: [0.2, 0.4, 0.8, 0.6],
        sameAspect: [0.2, 0.4, 0.8, 0.6],
        isFallback: true,
      });
    }
  });

  it('does not exist where there is no other project', () => {
    const { all } = createConstantBoxes(crops.slice(0, 2))('a', 1.5);
    expect(all).toBeNull();
  });
});

describe('an aspect ratio', () => {
  it('is rounded to hundredths, and not known without a size', () => {
    expect([toAspect(1200, 800), toAspect(800, 1200), toAspect(0, 5)]).toEqual([1.5, 0.67, null]);
  });
});
