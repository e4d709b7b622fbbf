import { describe, expect, it } from 'vitest';
import { differs } from './differs.js';

describe('differs', () => {
  it('ignores what the server adds', () => {
    expect(differs({ a: 1 }, { a: 1, compression: 'none' })).toBe(false);
  });

  it('compares lists by their elements', () => {
    expect(differs({ subjects: ['a.>'] }, { subjects: ['a.>'] })).toBe(false);
    expect(differs({ subjects: ['a.>'] }, { subjects: ['b.>'] })).toBe(true);
  });

  it('sees what is missing', () => {
    expect(differs({ a: 1 }, {})).toBe(true);
  });
});
