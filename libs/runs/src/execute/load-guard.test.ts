import { expect, it } from 'vitest';
import { LoadGuard } from './load-guard.js';

it('lets embedders work up to the limit', () => {
  const guard = new LoadGuard(4);
  expect(guard.holds(3.9, 0)).toBe(false);
  expect(guard.holds(4, 1_000)).toBe(false);
});

it('holds them above it, until the load has gone back', () => {
  const guard = new LoadGuard(4);
  expect(guard.holds(4.1, 0)).toBe(true);
  expect(guard.holds(4.1, 60_000)).toBe(true);
  expect(guard.holds(3.9, 61_000)).toBe(false);
});

it('holds them for twenty seconds at least', () => {
  const guard = new LoadGuard(4);
  expect(guard.holds(4.1, 0)).toBe(true);
  expect(guard.holds(3, 19_000)).toBe(true);
  expect(guard.holds(3, 20_000)).toBe(false);
});

it('holds them for another twenty seconds once the load has risen again', () => {
  const guard = new LoadGuard(4);
  expect(guard.holds(4.1, 0)).toBe(true);
  expect(guard.holds(3, 20_000)).toBe(false);
  expect(guard.holds(3, 20_500)).toBe(false);
  expect(guard.holds(5, 21_000)).toBe(true);
  expect(guard.holds(3, 40_900)).toBe(true);
  expect(guard.holds(3, 41_000)).toBe(false);
});
