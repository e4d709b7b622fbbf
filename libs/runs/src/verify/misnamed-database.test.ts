import { describe, expect, it } from 'vitest';
import { findMisnaming } from './misnamed-database.js';

const remedy =
  ': it was copied or renamed; move the file away and put back the right one, ' +
  'or let `cullstream run` make it anew from the cache';

describe('a database whose decisions are of other projects than its name says', () => {
  it('is named with them', () => {
    expect(findMisnaming('a', { decidedProjects: ['b', 'c'] })).toEqual({
      isWhole: true,
      gap: `its database is of project "b", "c"${remedy}`,
    });
  });

  it('is told from one of which a part is', () => {
    expect(findMisnaming('a', { decidedProjects: ['a', 'b'] })).toEqual({
      isWhole: false,
      gap: `its database has decisions of project "b"${remedy}`,
    });
  });

  it('is none where all are its own, however they are composed, or there are none', () => {
    expect(findMisnaming('caf\u00e9', { decidedProjects: ['cafe\u0301'] })).toBeUndefined();
    expect(findMisnaming('a', { decidedProjects: [] })).toBeUndefined();
  });
});
