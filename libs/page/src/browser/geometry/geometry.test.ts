import { expect, it } from 'vitest';
import { toArea, isInverted, toPixelBox, toPreview, toSurroundings } from './crop-box.js';
import { fitBox, toStrip } from './fit-box.js';

const size = { widthPx: 1200, heightPx: 1400 };

it('rounds each side of a box to the nearest pixel', () => {
  expect(toPixelBox([0.1, 0.02, 0.90041, 0.95], size)).toEqual([120, 28, 1080, 1330]);
});

it('knows an inverted box, and how much others keep', () => {
  expect(isInverted([0.5, 0, 0.5, 1])).toBe(true);
  expect(isInverted([0, 0.4, 1, 0.3])).toBe(true);
  expect(isInverted([0, 0, 1, 1])).toBe(false);
  expect(toArea([0.25, 0, 0.75, 0.5])).toBe(0.25);
});

it('shows the box alone', () => {
  expect(toPreview([0.25, 0.5, 0.75, 1])).toEqual({
    width: '200%',
    height: '200%',
    left: '-50%',
    top: '-100%',
  });
  expect(toSurroundings([0.25, 0.5, 0.75, 1])).toBe('M0 0H1V1H0ZM0.25 0.5H0.75V1H0.25Z');
});

it('fits an image into a room', () => {
  expect(fitBox(0.5, 300, 200)).toEqual({ width: 100, height: 200 });
  expect(fitBox(2, 300, 200)).toEqual({ width: 300, height: 150 });
});

it('makes a strip lower until its pictures fit beside each other', () => {
  const room = { widthPx: 412, heightPx: 160, gapPx: 6 };
  expect(toStrip([1, 1, 1], room)).toEqual({
    heightPx: 133,
    widthsPx: [133, 133, 133],
    scrolls: false,
  });
});

it('lets a strip scroll where its pictures would be too small', () => {
  const room = { widthPx: 400, heightPx: 100, gapPx: 0 };
  const strip = toStrip(Array<number>(20).fill(1), room);
  expect(strip.scrolls).toBe(true);
  expect(strip.heightPx).toBe(100);
});

it('gives an image of unknown size the shape of its neighbours', () => {
  const room = { widthPx: 1000, heightPx: 100, gapPx: 0 };
  expect(toStrip([null, 1.5], room).widthsPx).toEqual([150, 150]);
  expect(toStrip([null], room).widthsPx).toEqual([80]);
});
