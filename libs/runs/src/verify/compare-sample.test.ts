import { describe, expect, it } from 'vitest';
import { compareSample, type Sampled } from './compare-sample.js';

const makeSample = (count: number, origin = 'computed') =>
  Array.from(
    { length: count },
    (_unused, index) => ({ image: `${index}.png`, outcome: { origin } }) as Sampled,
  );
/** A vector that has this cosine with {@link ahead}. */
const turned = (cosine: number) => Float32Array.of(cosine, Math.sqrt(1 - cosine ** 2));
const ahead = Float32Array.of(2, 0);

describe('cached vectors beside those of their images', () => {
  it('agree up to the order of additions', () => {
    expect(compareSample(makeSample(2), [ahead, ahead], [turned(1), turned(0.99995)])).toEqual({
      compared: 2,
      leastCosine: expect.closeTo(0.99995, 6),
      gaps: [],
    });
  });

  it('are a gap where they differ more, with the image and by how much', () => {
    const kept = [turned(1), turned(0.99985), turned(0.5)];
    expect(compareSample(makeSample(3), [ahead, ahead, ahead], kept)).toEqual({
      compared: 3,
      leastCosine: expect.closeTo(0.5, 6),
      gaps: [
        '2 cached vectors are not those of their images: ' +
          '1.png (cosine 0.99985), 2.png (cosine 0.50000)',
      ],
    });
  });

  it('may differ as much as the older tool’s did when they were taken over', () => {
    const kept = [turned(0.9995), turned(0.9985)];
    expect(compareSample(makeSample(2, 'legacy'), [ahead, ahead], kept).gaps).toEqual([
      '1 cached vectors are not those of their images: 1.png (cosine 0.99850)',
    ]);
  });

  it('are a gap where they are all zeros', () => {
    const { leastCosine, gaps } = compareSample(makeSample(1), [ahead], [Float32Array.of(0, 0)]);
    expect(leastCosine).toBe(0);
    expect(gaps).toEqual([
      '1 cached vectors are not those of their images: 0.png (cosine 0.00000)',
    ]);
  });

  it('are told from images that cannot be read, and from vectors that are gap enough', () => {
    const anew = [undefined, ahead, undefined];
    expect(compareSample(makeSample(3), anew, [ahead, undefined, undefined])).toEqual({
      compared: 0,
      leastCosine: 1,
      gaps: ['2 images cannot be read any more: 0.png, 2.png'],
    });
  });

  it.each([
    [5, '0.png, 1.png, 2.png, 3.png, 4.png'],
    [7, '0.png, 1.png, 2.png, 3.png, 4.png and 2 more'],
  ])('name five images of %i', (count, names) => {
    const { gaps } = compareSample(makeSample(count), [], []);
    expect(gaps).toEqual([`${count} images cannot be read any more: ${names}`]);
  });
});
