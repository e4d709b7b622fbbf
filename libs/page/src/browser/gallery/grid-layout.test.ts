import type { GalleryGroup } from '@cullstream/contracts/web';
import { expect, it } from 'vitest';
import {
  countRows,
  toGridLayout,
  toNextCard,
  toUsualAspect,
  toVisibleRows,
} from './grid-layout.js';

it('has one column on a phone and three on a desk', () => {
  expect(toGridLayout(358).columns).toBe(1);
  expect(toGridLayout(1392).columns).toBe(3);
});

it('has fewer columns where groups are wide', () => {
  const image = { sequence: 0, name: 'a', score: 1, failure: null };
  const makeGroup = (count: number): GalleryGroup => ({
    groupId: 'g',
    images: Array.from({ length: count }, () => ({ ...image, widthPx: 100, heightPx: 100 })),
    decision: null,
    compared: null,
    person: null,
  });
  expect(toUsualAspect([])).toBeUndefined();
  const usual = toUsualAspect([makeGroup(2), makeGroup(4), makeGroup(4), makeGroup(1)]);
  expect(usual).toBe(4);
  expect(toGridLayout(1392, usual).columns).toBe(2);
});

it('never makes cards wider than the grid', () => {
  for (let width = 200; width < 3000; width += 7) {
    const { columns, cardWidthPx } = toGridLayout(width);
    expect(columns * cardWidthPx + (columns - 1) * 12).toBeLessThanOrEqual(width);
  }
});

it('draws only the rows around what is seen', () => {
  const layout = { ...toGridLayout(1392), rowHeightPx: 200 };
  const seen = { heightPx: 900 };
  expect(countRows(13_000, layout)).toBe(4_334);
  expect(toVisibleRows(13_000, layout, { topPx: -300, ...seen })).toEqual({ first: 0, end: 5 });
  expect(toVisibleRows(13_000, layout, { topPx: 10_000, ...seen })).toEqual({ first: 48, end: 57 });
  expect(toVisibleRows(13_000, layout, { topPx: 866_000, ...seen })).toEqual({
    first: 4_328,
    end: 4_334,
  });
  expect(toVisibleRows(0, layout, { topPx: 0, ...seen })).toEqual({ first: 0, end: 0 });
});

it('moves by cards and rows, and stays at the ends', () => {
  const layout = toGridLayout(1392);
  const from = (key: string, index: number) => toNextCard(key, index, 10, layout);
  expect(from('ArrowRight', 0)).toBe(1);
  expect(from('ArrowDown', 1)).toBe(4);
  expect(from('ArrowUp', 1)).toBe(1);
  expect(from('ArrowDown', 8)).toBe(8);
  expect(from('Home', 8)).toBe(0);
  expect(from('End', 2)).toBe(9);
  expect(from('toString', 2)).toBeUndefined();
});
