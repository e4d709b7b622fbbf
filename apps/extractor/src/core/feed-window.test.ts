import { expect, it } from 'vitest';
import { FeedWindow } from './feed-window.js';

it('begins with a few seconds of work', () => {
  expect(new FeedWindow().room(0, 0)).toBe(128);
});

it('leaves no room while a slow embedder has enough to do', () => {
  const window = new FeedWindow();
  window.room(0, 0);
  window.add(128);
  expect(window.room(128, 1_000)).toBe(0);
  expect(window.room(97, 2_000)).toBe(0);
  expect(window.room(96, 3_000)).toBe(32);
});

it('grows with what embedders take, to four seconds of it', () => {
  const window = new FeedWindow();
  window.room(0, 0);
  window.add(128);
  expect(window.room(0, 250)).toBe(4 * 512);
  window.add(2_048);
  expect(window.room(1_298, 500)).toBe(4 * 3_000 - 1_298);
});

it('makes nothing of a moment', () => {
  const window = new FeedWindow();
  window.room(0, 0);
  window.add(128);
  expect(window.room(0, 1)).toBe(128);
});
