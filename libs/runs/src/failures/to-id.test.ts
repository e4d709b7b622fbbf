import { expect, it } from 'vitest';
import { toId } from './to-id.js';

it('names a failure by what failed, and the same in every run', () => {
  expect(toId('image', 'aurora', 'one.png')).toMatch(/^i[0-9a-f]{12}$/);
  expect(toId('project', 'aurora')).toMatch(/^p[0-9a-f]{12}$/);
  expect(toId('image', 'aurora', 'one.png')).toBe(toId('image', 'aurora', 'one.png'));
});

it('names two failures differently, also where their names run together', () => {
  const ids = [
    toId('image', 'aurora', 'one.png'),
    toId('image', 'auroraone', '.png'),
    toId('image', 'aurora', 'two.png'),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});
