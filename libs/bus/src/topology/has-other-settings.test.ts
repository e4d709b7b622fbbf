import { describe, expect, it } from 'vitest';
import { hasOtherSettings } from './has-other-settings.js';

describe('differs', () => {
  it('ignores what the server adds', () => {
    expect(hasOtherSettings({ a: 1 }, { a: 1, compression: 'none' })).toBe(false);
  });

  it('compares lists by their elements', () => {
    expect(hasOtherSettings({ subjects: ['a.>'] }, { subjects: ['a.>'] })).toBe(false);
    expect(hasOtherSettings({ subjects: ['a.>'] }, { subjects: ['b.>'] })).toBe(true);
  });

  it('sees what is missing', () => {
    expect(hasOtherSettings({ a: 1 }, {})).toBe(true);
  });
});
