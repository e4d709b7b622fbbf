import { describe, expect, it } from 'vitest';
import { chooseIds } from './choose-ids.js';

const entries = [
  { id: 'i12345678aaaa', project: 'aurora', entry: 'one.png' },
  { id: 'i12345678bbbb', project: 'meadow', entry: 'two.png' },
  { id: 'm12', project: 'aurora', entry: '' },
  { id: 'm123', project: 'aurora', entry: '' },
];

describe('ids of what was given up', () => {
  it('may be given by a beginning that only one has', () => {
    expect(chooseIds(entries, ['i12345678a'])).toEqual(['i12345678aaaa']);
  });

  it('name one alone that another begins with', () => {
    expect(chooseIds(entries, ['m12'])).toEqual(['m12']);
  });

  it('are refused where several begin so, with all of those', () => {
    expect(() => chooseIds(entries, ['i123'])).toThrow(
      '"i123" may be any of these, give more of the id: ' +
        'i12345678aaaa (aurora: one.png), i12345678bbbb (meadow: two.png)',
    );
  });

  it('are refused where none begins so, or too little is given', () => {
    expect(() => chooseIds(entries, ['i9999', 'i1'])).toThrow(
      /"i9999" names no entry.*"i1" names no entry/s,
    );
  });
});
