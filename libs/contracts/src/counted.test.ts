import { describe, expect, it } from 'vitest';
import { counted, describeNone } from './counted.js';

describe('a counted noun', () => {
  it.each([
    [0, 'image', '0 images'],
    [1, 'project', '1 project'],
    [38_366, 'image', '38,366 images'],
    [1, 'entry', '1 entry'],
    [2, 'entry', '2 entries'],
    [2, 'remedy', '2 remedies'],
    [2, 'day', '2 days'],
  ])('%i %s is "%s"', (count, noun, text) => {
    expect(counted(count, noun)).toBe(text);
  });
});

it('none of one is not the one', () => {
  expect(describeNone(1, 'source')).toBe('not the one source');
  expect(describeNone(21, 'source')).toBe('none of the 21 sources');
});
