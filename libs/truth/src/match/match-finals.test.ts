import { describe, expect, it } from 'vitest';
import { matchFinals } from './match-finals.js';

const toFinals = (...paths: string[]) => paths.map((path) => ({ path }));

/** Groups by their paths, `a` and `b`. */
function matchKept(groups: Record<string, string[]>, ...finals: string[]) {
  const { kept, unmatched } = matchFinals(
    Object.entries(groups).map(([groupId, paths]) => ({ groupId, paths })),
    toFinals(...finals),
  );
  return {
    kept: Object.fromEntries(
      [...kept].map(([groupId, all]) => [
        groupId,
        all.map(({ final, position, isCertain }) => [final.path, position, isCertain]),
      ]),
    ),
    unmatched: unmatched.map(({ path }) => path),
  };
}

describe('a finished image', () => {
  it('belongs to the image of the same name, in whatever folder', () => {
    expect(matchKept({ a: ['faces/1.png', 'faces/2.png'] }, 'final/anna/2.png')).toEqual({
      kept: { a: [['final/anna/2.png', 1, true]] },
      unmatched: [],
    });
  });

  it('belongs to the image of its name with another extension where none has its own', () => {
    const groups = { a: ['1.png', '2.png'], b: ['2.jpg', '3.png'] };
    expect(matchKept(groups, '2.jpg', '3.jpeg', '2.webp').kept).toEqual({
      a: [['2.webp', 1, false]],
      b: [
        ['2.jpg', 0, true],
        ['2.webp', 0, false],
        ['3.jpeg', 1, true],
      ],
    });
  });

  it('belongs to no group where the image of its name and folder is in none', () => {
    const groups = [{ groupId: 'a', paths: ['day1/x.png', 'day1/y.png'] }];
    const { kept, unmatched } = matchFinals(groups, toFinals('day2/x.png', 'day1/y.png'), [
      'day2/x.png',
    ]);
    expect([...kept.values()].flat().map(({ final }) => final.path)).toEqual(['day1/y.png']);
    expect(unmatched).toEqual([{ path: 'day2/x.png' }]);
    expect(matchFinals([], toFinals('x.png'), ['day2/x.png']).isAnyNamed).toBe(true);
    expect(matchFinals(groups, toFinals('z.png'), ['day2/x.png']).isAnyNamed).toBe(false);
  });

  it('may belong to an image in a group or to one in none where no folder decides', () => {
    const groups = [{ groupId: 'a', paths: ['day1/x.png'] }];
    const { kept, unmatched } = matchFinals(groups, toFinals('final/x.png'), ['day2/x.png']);
    expect(kept.get('a')?.map(({ isCertain }) => isCertain)).toEqual([false]);
    expect(unmatched).toEqual([]);
  });

  it('has a name, not a pattern, and the case of its letters counts', () => {
    expect(matchKept({ a: ['1.png'] }, '*.png', '1.png.png', '1.PNG', '?.png', '')).toEqual({
      kept: { a: [['1.PNG', 0, true]] },
      unmatched: ['*.png', '1.png.png', '?.png', ''],
    });
    expect(matchKept({ a: ['a.png'] }, 'A.png').unmatched).toEqual(['A.png']);
  });

  it('is the same name in either normal form', () => {
    expect(matchKept({ a: ['z\u0301.png'] }, '\u017a.png').kept).toEqual({
      a: [['\u017a.png', 0, true]],
    });
  });

  it('belongs to the image whose folders agree with its own where several have its name', () => {
    const groups = { a: ['day1/x.png'], b: ['day2/x.png'] };
    expect(matchKept(groups, 'final/day2/x.png').kept).toEqual({
      b: [['final/day2/x.png', 0, true]],
    });
    expect(matchKept(groups, 'x.png').kept).toEqual({
      a: [['x.png', 0, false]],
      b: [['x.png', 0, false]],
    });
  });

  it('stands in the order of the group beside others of it', () => {
    expect(matchKept({ a: ['1.png', '2.png'] }, 'b/2.png', 'a/2.png', '1.png').kept).toEqual({
      a: [
        ['1.png', 0, true],
        ['a/2.png', 1, true],
        ['b/2.png', 1, true],
      ],
    });
  });
});
