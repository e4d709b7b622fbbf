import type { GalleryDecision } from '@cullstream/contracts/web';
import { describe, expect, it } from 'vitest';
import { selectGroups, type ListedGroup } from './select-groups.js';

const STAGES = ['stage1_generated', 'stage2_upscaled'];

function makeGroup(number: number, changes: Partial<ListedGroup> = {}): ListedGroup {
  return {
    groupId: `group_${number}`,
    names: STAGES.map((stage) => `2025070${number}_000000_${stage}.png`),
    hasFailure: false,
    decision: decide(1, 0.6),
    compared: null,
    person: null,
    ...changes,
  };
}

function decide(
  selectedIndex: number,
  confidence: number,
  crop: GalleryDecision['crop'] = [0, 0, 1, 1],
): GalleryDecision {
  return { selectedIndex, confidence, crop };
}

const select = (all: ListedGroup[], query: Partial<Parameters<typeof selectGroups>[1]> = {}) =>
  selectGroups(all, { show: 'all', order: 'catalogue', ...query });
const selectIds = (all: ListedGroup[], query: Partial<Parameters<typeof selectGroups>[1]>) =>
  select(all, query).groups.map(({ groupId }) => groupId);

describe('selecting groups', () => {
  const person = { source: 'rows', action: 'approve', selectedIndex: 1, crop: null } as const;
  const filtered = {
    'person-disagrees': makeGroup(1, { person: { ...person, selectedIndex: 0 } }),
    'versions-disagree': makeGroup(2, { compared: decide(0, 0.9) }),
    failed: makeGroup(3, { hasFailure: true, decision: null }),
    'inverted-crop': makeGroup(4, { decision: decide(1, 0.5, null) }),
    'tiny-crop': makeGroup(5, { decision: decide(1, 0.5, [0.1, 0.1, 0.5, 0.6]) }),
  } as const;
  const all = [makeGroup(0, { person }), ...Object.values(filtered)];

  it.each(Object.keys(filtered) as (keyof typeof filtered)[])('finds those of %s alone', (show) => {
    expect(selectIds(all, { show })).toEqual([filtered[show].groupId]);
    expect(select(all, { show }).counts[show]).toBe(1);
  });

  it('counts all, whatever is shown', () => {
    expect(select(all, { show: 'failed' }).counts).toMatchObject({ all: 6, decided: 5 });
  });

  it('takes a rejected group for a disagreement, and a crop that differs by more than a twentieth', () => {
    const rejected = { ...person, action: 'reject', selectedIndex: null } as const;
    const cropped = (crop: GalleryDecision['crop']) =>
      ({ ...person, action: 'crop', crop }) as const;
    const groups = [
      makeGroup(0, { person: rejected }),
      makeGroup(1, { person: cropped([0, 0, 0.94, 1]) }),
      makeGroup(2, { person: cropped([0, 0, 0.96, 1]) }),
      makeGroup(3, {
        decision: decide(1, 0.6, [0.2, 0.2, 0.8, 0.8]),
        person: { ...person, crop: [0, 0, 1, 1] },
      }),
    ];
    expect(selectIds(groups, { show: 'person-disagrees' })).toEqual([
      'group_0',
      'group_1',
      'group_3',
    ]);
  });

  it('sorts by confidence and size of the crop, those without one last', () => {
    const groups = [
      makeGroup(0, { decision: null }),
      makeGroup(1, { decision: decide(1, 0.9) }),
      makeGroup(2, { decision: decide(1, 0.4, [0, 0, 0.5, 1]) }),
      makeGroup(3, { decision: decide(1, 0.6, null) }),
    ];
    expect(selectIds(groups, { order: 'least-confident' })).toEqual(
      [2, 3, 1, 0].map((number) => `group_${number}`),
    );
    expect(selectIds(groups, { order: 'most-confident' })).toEqual(
      [1, 3, 2, 0].map((number) => `group_${number}`),
    );
    expect(selectIds(groups, { order: 'smallest-crop' })).toEqual(
      [2, 1, 0, 3].map((number) => `group_${number}`),
    );
  });

  it('finds file names and ids in any case, as they stand', () => {
    expect(selectIds(all, { search: ' 20250703 ' })).toEqual(['group_3']);
    expect(selectIds(all, { search: 'GROUP_4' })).toEqual(['group_4']);
    expect(selectIds(all, { search: '.*' })).toEqual([]);
  });

  it('finds and counts the stage of the selected image', () => {
    const groups = [makeGroup(0), makeGroup(1, { decision: decide(0, 0.5) }), makeGroup(2)];
    expect(selectIds(groups, { stage: 'stage1_generated' })).toEqual(['group_1']);
    expect(select(groups).stages).toEqual([
      { stage: 'stage1_generated', groups: 1 },
      { stage: 'stage2_upscaled', groups: 2 },
    ]);
  });
});
