import { expect, it } from 'vitest';
import { FeedWindow } from './feed-window.js';

const IN_HAND = 96;
const LEAST = 144;

function begun(): FeedWindow {
  const window = new FeedWindow();
  window.room(0, IN_HAND, 0);
  window.add(LEAST);
  return window;
}

it('begins with half as much again as embedders may have in hand', () => {
  expect(new FeedWindow().room(0, IN_HAND, 0)).toBe(LEAST);
  expect(new FeedWindow().room(0, 4 * IN_HAND, 0)).toBe(4 * LEAST);
});

it('leaves no room while a slow embedder has enough to do', () => {
  const window = begun();
  expect(window.room(144, IN_HAND, 1_000)).toBe(0);
  expect(window.room(109, IN_HAND, 3_000)).toBe(0);
  expect(window.room(108, IN_HAND, 5_000)).toBe(36);
});

it('grows with what embedders take, to four seconds of it', () => {
  const window = begun();
  expect(window.room(0, IN_HAND, 250)).toBe(4 * 576);
  window.add(2_304);
  expect(window.room(1_554, IN_HAND, 500)).toBe(4 * 3_000 - 1_554);
});

it('makes nothing of a moment', () => {
  expect(begun().room(0, IN_HAND, 1)).toBe(LEAST);
});
