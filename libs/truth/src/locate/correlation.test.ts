import { expect, it } from 'vitest';
import { Correlation, findPeaks } from './correlation.js';
import type { Luma } from './luma.js';

/** A picture of one row with the given brightness at each pixel. */
function drawRow(widthPx: number, brightness: (x: number) => number): Luma {
  const values = Uint8Array.from({ length: widthPx }, (_unused, x) => brightness(x));
  return { values, widthPx, heightPx: 1 };
}

it('finds the small hill of another place before the slopes of the broad one', () => {
  const hill = (x: number, at: number, breadth: number) =>
    100 * Math.exp(-(((x - at) / breadth) ** 2));
  const picture = new Correlation(drawRow(200, (x) => hill(x, 60, 30) + hill(x, 160, 12)));
  const template = picture.template(drawRow(41, (x) => hill(x, 20, 26)));
  const peaks = template === undefined ? [] : findPeaks(picture, template, 2);
  expect(peaks.map(({ leftPx }) => Math.abs(leftPx - 40) < 4)).toEqual([true, false]);
  expect(peaks.map(({ leftPx }) => Math.abs(leftPx - 140) < 4)).toEqual([false, true]);
});
