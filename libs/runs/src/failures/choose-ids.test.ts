import { ConfigurationError } from '@cullstream/contracts';
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
    expect(chooseIds([{ id: 'p77', project: 'aurora', entry: '' }, ...entries], ['p77'])).toEqual([
      'p77',
    ]);
  });

  it('are taken from three letters on, in the order in which they are given', () => {
    const apart = [...entries, { id: 'pabcd', project: 'aurora', entry: '' }];
    expect(chooseIds(apart, ['pab', 'i12345678b'])).toEqual(['pabcd', 'i12345678bbbb']);
    expect(() => chooseIds(apart, ['pa'])).toThrow('"pa" names no entry');
  });

  it('name one alone that another begins with', () => {
    expect(chooseIds(entries, ['m12'])).toEqual(['m12']);
  });

  it('are none where none is given', () => {
    expect(chooseIds(entries, [])).toEqual([]);
  });

  it('are refused where several begin so, with all of those', () => {
    expect(() => chooseIds(entries, ['i123'])).toThrow(
      '"i123" may be any of these, give more of the id: ' +
        'i12345678aaaa (aurora: one.png), i12345678bbbb (meadow: two.png)',
    );
  });

  it.each([
    [5, /e4 \(p: 4\.png\)$/],
    [6, /e4 \(p: 4\.png\) and 1 more entry$/],
    [7, /e4 \(p: 4\.png\) and 2 more entries$/],
  ])('are refused with five of %i that begin so', (count, end) => {
    const many = Array.from({ length: count }, (_unused, index) => ({
      id: `same${index}`,
      project: 'p',
      entry: `${index}.png`,
    }));
    expect(() => chooseIds(many, ['same'])).toThrow(end);
  });

  it('of messages that name no image are listed by project', () => {
    const messages = ['m991', 'm992'].map((id) => ({ id, project: 'aurora', entry: '' }));
    expect(() => chooseIds(messages, ['m99'])).toThrow('m991 (aurora), m992 (aurora)');
  });

  it('are refused where none begins so, or too little is given, all at once', () => {
    expect(() => chooseIds(entries, ['m12', 'i9999', 'i1'])).toThrow(ConfigurationError);
    expect(() => chooseIds(entries, ['m12', 'i9999', 'i1'])).toThrow(
      /"i9999" names no entry; `cullstream dead list` lists them.*"i1" names no entry/s,
    );
  });
});
