import { expect, it } from 'vitest';
import { FeedWindow } from './feed-window.js';

it('begins with a few seconds of work', () => {
  expect(new FeedWindow().room(0, 0)).toBe(512);
});

it('leaves no room while a slow embedder has enough to do', () => {
  const window = new FeedWindow();
  window.room(0, 0);
  window.add(512);
  expect(window.room(502, 1_000)).toBe(10);
  expect(window.room(512, 2_000)).toBe(0);
});

it('grows with what embedders take, to ten seconds of it', () => {
  const window = new FeedWindow();
  window.room(0, 0);
  window.add(512);
  expect(window.room(0, 250)).toBe(20_480);
  window.add(20_480);
  expect(window.room(19_730, 500)).toBe(30_000 - 19_730);
});
