import { describe, expect, it } from 'vitest';
import { compareGroups, measureDifference } from './compare-groups.js';
import type { Decision, GroupPair } from './version-diff.js';

const wide = [0, 0, 1, 1] as const;
const half = [0, 0, 0.5, 1] as const;

function decision(selectedIndex: number, changes: Partial<Decision> = {}): Decision {
  return { selectedIndex, confidence: 0.5, crop: wide, ...changes };
}

function pair(a: Decision | null, b: Decision | null, user: GroupPair['user'] = null): GroupPair {
  return { groupId: 'g', images: ['a.png', 'b.png'], a, b, user };
}

describe('compareGroups', () => {
  it('counts changed winners among the groups that both versions decided', () => {
    const measured = compareGroups(
      [
        pair(decision(0), decision(1)),
        pair(decision(0), decision(0)),
        pair(decision(0), null),
        pair(null, null),
      ],
      2,
    );
    expect(measured).toMatchObject({
      comparedGroups: 4,
      otherGroups: 2,
      decidedByOne: 1,
      winnersChanged: 1,
      winnersChangedShare: 0.5,
    });
  });

  it('compares crops only where both selected the same image', () => {
    const measured = compareGroups(
      [
        pair(decision(0), decision(0, { crop: half })),
        pair(decision(0), decision(1, { crop: half })),
        pair(decision(0), decision(0, { crop: null })),
      ],
      0,
    );
    expect(measured.cropIou).toMatchObject({ count: 1, mean: 0.5 });
    expect(measured.cropCentreShift).toMatchObject({ count: 1, mean: 0.25 });
    expect(measured.cropInOne).toBe(1);
  });

  it('says how often each version picked and cropped as the user did', () => {
    const user = { selectedIndex: 1, crop: wide, proposals: { a: half, b: wide } };
    const measured = compareGroups(
      [
        pair(decision(0), decision(1), user),
        pair(decision(1), decision(1), { ...user, crop: null }),
      ],
      0,
    );
    expect(measured.userGroups).toBe(2);
    expect(measured.userCrops).toBe(1);
    expect(measured.agreement).toEqual({
      a: { selectionAccuracy: 0.5, cropWithin5Percent: 0, meanCropIou: 0.5 },
      b: { selectionAccuracy: 1, cropWithin5Percent: 1, meanCropIou: 1 },
    });
  });

  it('has no shares where there is nothing to compare', () => {
    const measured = compareGroups([], 0);
    expect(measured.winnersChangedShare).toBeNull();
    expect(measured.cropIou).toBeNull();
    expect(measured.agreement.a.selectionAccuracy).toBeNull();
  });
});

describe('the difference of groups', () => {
  it.each([
    ['nothing changed', decision(0), decision(0), 0],
    ['the crop moved', decision(0), decision(0, { crop: half }), 0.5],
    ['one version has no crop', decision(0), decision(0, { crop: null }), 1],
    ['one version could not decide', decision(0), null, 1],
    ['another winner', decision(0), decision(1, { confidence: 0.9 }), 1.5],
    [
      'another winner, both sure',
      decision(0, { confidence: 0.8 }),
      decision(1, { confidence: 0.9 }),
      1.8,
    ],
  ])('where %s', (_what, a, b, difference) => {
    expect(measureDifference(pair(a, b))).toBe(difference);
  });
});
