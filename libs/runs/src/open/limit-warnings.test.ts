import { expect, it } from 'vitest';
import { limitWarnings } from './limit-warnings.js';

it('keeps each warning once, in order', () => {
  expect(limitWarnings(['b', 'a', 'b'])).toEqual(['b', 'a']);
});

it('keeps what fits, and passes over what alone is too long', () => {
  const numbered = Array.from({ length: 100 }, (_unused, index) => `${index}${'é'.repeat(90)}`);
  const kept = limitWarnings(['x'.repeat(9_000), ...numbered]);
  expect(kept).toEqual(numbered.slice(0, kept.length));
  expect(kept.length).toBeGreaterThan(40);
  expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThan(8_300);
});
