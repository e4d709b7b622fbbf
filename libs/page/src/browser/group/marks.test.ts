import type { GalleryGroup } from '@cullstream/contracts/web';
import { expect, it } from 'vitest';
import { toAgreement, toMarks, toShortId, toStage } from './marks.js';

const group: GalleryGroup = {
  groupId: 'aurora_group_20250601_101010',
  images: [],
  decision: { selectedIndex: 1, confidence: 0.8, crop: [0, 0, 1, 1] },
  compared: { selectedIndex: 2, confidence: 0.7, crop: null },
  person: { source: 'rows', action: 'crop', selectedIndex: 1, crop: [0.1, 0, 1, 1] },
};

it('marks what the versions and the person chose', () => {
  expect(toMarks(group, true).map(({ who, label, index }) => [who, label, index])).toEqual([
    ['pick', 'A', 1],
    ['compared', 'B', 2],
    ['person', 'person', 1],
  ]);
  expect(toMarks({ ...group, decision: null, compared: null, person: null }, false)).toEqual([]);
});

it('says whether the person agrees only where both are known', () => {
  expect(toAgreement(group)?.agrees).toBe(true);
  const person = { source: 'rows', action: 'reject', selectedIndex: null, crop: null } as const;
  expect(toAgreement({ ...group, person })?.text).toBe('person rejected it');
  expect(toAgreement({ ...group, decision: null })).toBeNull();
  expect(toAgreement({ ...group, person: null })).toBeNull();
});

it('finds the stage in a name', () => {
  expect(toStage('20250601_101010_stage2_upscaled.png')).toBe('stage2_upscaled');
  expect(toStage('holiday.png')).toBeNull();
});

it('leaves out of an id what all groups have in common', () => {
  expect(toShortId(group.groupId, 'aurora')).toBe('20250601_101010');
  expect(toShortId('another', 'aurora')).toBe('another');
});
