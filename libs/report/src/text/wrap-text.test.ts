import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { fitColumns, wrapText } from './wrap-text.js';

describe('text for a terminal', () => {
  it('is broken at spaces, with what follows indented', () => {
    expect(wrapText('one two three four five', 12)).toEqual(['one two', '  three four', '  five']);
  });

  it('is not broken where it fits, nor where there is no width', () => {
    expect(wrapText('one two', 7)).toEqual(['one two']);
    expect(wrapText('one '.repeat(100).trim(), Infinity)).toHaveLength(1);
  });

  it.each([
    'a /very/long/path/without/any/space/that/is/wider/than/the/terminal.zip ends',
    '写真の整理 写真の整理 写真の整理 写真の整理',
    '😀😀😀😀😀😀😀😀😀😀😀😀😀😀',
  ])('loses no character and fits: %s', (text) => {
    const lines = wrapText(text, 20);
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(20);
    expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
  });

  it('may be cut instead, and says so', () => {
    expect(fitColumns('写真の整理', 6)).toBe('写真…');
    expect(fitColumns('photos', 6)).toBe('photos');
  });
});
