import { describe, expect, it } from 'vitest';
import { limitLines, limitItems } from './limit-items.js';

const numbers = Array.from({ length: 20_000 }, (_unused, index) => index);

describe('limit', () => {
  it('shows all where there are few, in their order', () => {
    const isUrgent = (each: number) => each === 2;
    expect(limitItems([1, 2, 3], { what: 'project', isUrgent })).toEqual({
      shown: [1, 2, 3],
      more: [],
    });
  });

  it('begins with the urgent ones of many, and says how many more there are', () => {
    const isUrgent = (each: number) => each > 19_997;
    expect(limitItems(numbers, { what: 'project', isUrgent, most: 4 })).toEqual({
      shown: [19_998, 19_999, 0, 1],
      more: ['and 19,996 more projects; ‹json› lists all'],
    });
  });

  it('shows no more where all are urgent', () => {
    const { shown } = limitItems(numbers, { what: 'project', isUrgent: () => true });
    expect(shown).toHaveLength(100);
  });

  it('ends lines with one that says where the others are', () => {
    const options = { what: 'warning', where: 'the report lists them', most: 1 };
    expect(limitLines(['one', 'two'], options)).toEqual([
      'one',
      'and 1 more warning; the report lists them',
    ]);
  });
});
