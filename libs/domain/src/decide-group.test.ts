import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideGroup, type GroupMember } from './decide-group.js';

function readable(position: number, score: number): GroupMember {
  return { position, score, crop: [0.1, 0.2, 0.8, 0.9], widthPx: 640, heightPx: 480 };
}

function unreadable(position: number): GroupMember {
  return { position, score: null, crop: null, widthPx: null, heightPx: null };
}

describe('decideGroup', () => {
  it('selects the best score by its position in the whole group', () => {
    const decision = decideGroup([unreadable(0), readable(1, -1), readable(3, 2)]);
    expect(decision).toMatchObject({ kind: 'decided', selectedIndex: 3 });
  });

  it('lets the first of equal scores win', () => {
    const decision = decideGroup([readable(2, 1), readable(1, 1)]);
    expect(decision).toMatchObject({ selectedIndex: 1, confidence: 0.5 });
  });

  it('gives the softmax share of the best score as confidence', () => {
    const decision = decideGroup([readable(0, Math.log(3)), readable(1, 0)]);
    expect(decision).toMatchObject({ selectedIndex: 0, confidence: expect.closeTo(0.75, 12) });
  });

  it('is certain of a single readable image', () => {
    const decision = decideGroup([readable(0, -40), unreadable(1)]);
    expect(decision).toMatchObject({ selectedIndex: 0, confidence: 1 });
  });

  it('takes crop and size from the selected image', () => {
    const best: GroupMember = {
      position: 1,
      score: 5,
      crop: [0, 0.25, 0.5, 1],
      widthPx: 1024,
      heightPx: 768,
    };
    expect(decideGroup([readable(0, 1), best])).toMatchObject({
      crop: [0, 0.25, 0.5, 1],
      inverted: false,
      widthPx: 1024,
      heightPx: 768,
    });
  });

  it.each([
    { crop: [0.5, 0.1, 0.5, 0.9] as const, side: 'x' },
    { crop: [0.1, 0.9, 0.5, 0.2] as const, side: 'y' },
  ])('gives no crop where the box is inverted in $side', ({ crop }) => {
    const decision = decideGroup([{ ...readable(0, 1), crop }]);
    expect(decision).toMatchObject({ kind: 'decided', crop: null, inverted: true });
  });

  it('fails where no image is readable', () => {
    expect(decideGroup([unreadable(0), unreadable(1)])).toEqual({ kind: 'failed' });
  });

  it('decides the same whatever the order of members, with a confidence in (0, 1]', () => {
    const scores = fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(scores, fc.infiniteStream(fc.nat()), (values, keys) => {
        const members = values.map((score, position) =>
          score === null ? unreadable(position) : readable(position, score),
        );
        const shuffled = members
          .map((member) => ({ member, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ member }) => member);
        const decision = decideGroup(members);
        expect(decideGroup(shuffled)).toEqual(decision);
        if (decision.kind === 'failed') return;
        expect(decision.confidence).toBeGreaterThan(0);
        expect(decision.confidence).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each(['score', 'crop', 'widthPx', 'heightPx'] as const)(
    'takes an image without %s as unreadable',
    (missing) => {
      const partial = { ...readable(0, 5), [missing]: null };
      expect(decideGroup([partial, readable(1, 1)])).toMatchObject({
        selectedIndex: 1,
        confidence: 1,
      });
      expect(decideGroup([partial])).toEqual({ kind: 'failed' });
    },
  );
});
