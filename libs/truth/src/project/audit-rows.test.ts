import type { GroundTruth, StoredDecision } from '@cullstream/store';
import { expect, it } from 'vitest';
import { auditKinds, auditRows } from './audit-rows.js';

const row = (
  userAction: string | null,
  userSelectedIndex: number | null = 0,
  finalCrop: StoredDecision['finalCrop'] = null,
): StoredDecision => ({
  ...{ groupId: 'g', projectId: 'p', timestamp: null, directory: null, images: ['0', '1'] },
  ...{ selectedIndex: 1, crop: [0, 0, 1, 1], confidence: 0.9, widthPx: 10, heightPx: 10 },
  ...{ predictionRecipe: null, cropTimestamp: null, userSelectedIndex, userAction, finalCrop },
});

const truth = (
  action: GroundTruth['action'],
  crop: GroundTruth['crop'] = [0, 0, 1, 1],
): GroundTruth => ({
  ...{ groupId: 'g', action, crop, finalPath: null, evidence: null, finalTime: null, score: 1 },
  ...{ selectedIndex: action === 'reject' ? null : 0, finalFile: '0.png', boxPx: null },
  method: 'exact',
});

const part = [0.1, 0.1, 0.9, 0.9] as const;

function findKind(
  stored: StoredDecision,
  found: GroundTruth | undefined,
  kept?: readonly number[],
): string | undefined {
  const audit = auditRows(
    [stored],
    new Map(found === undefined ? [] : [['g', found]]),
    new Map(kept === undefined ? [] : [['g', kept]]),
  );
  return auditKinds.find((kind) => audit[kind].length > 0);
}

it.each([
  ['approve', row('approve'), truth('approve'), undefined],
  ['crop', row('crop', 0, part), truth('crop', [0.11, 0.09, 0.9, 0.91]), undefined],
  ['reject', row('reject', null), truth('reject'), undefined],
  ['reject of a group without truth', row('reject', 0), undefined, undefined],
  ['nothing yet', row(null, null), truth('crop'), undefined],
  ['a crop nobody could find', row('crop', 0, part), truth('crop', null), undefined],
  ['approve without a final', row('approve'), truth('reject'), 'approved_without_final'],
  ['crop of a group that is gone', row('crop'), undefined, 'approved_without_final'],
  ['reject with a final', row('reject'), truth('approve'), 'rejected_with_final'],
  ['another image', row('approve', 1), truth('approve'), 'other_image'],
  ['another crop', row('crop', 0, [0, 0, 0.5, 0.5]), truth('crop', part), 'other_crop'],
  ['approve of what was cropped', row('approve'), truth('crop', part), 'other_action'],
] as const)('a row that says %s', (_, stored, found, expected) => {
  expect(findKind(stored, found)).toBe(expected);
});

it.each([
  [0, undefined],
  [1, 'other_image'],
])('a row of image %s of a group of which the first and another were kept', (index, expected) => {
  expect(findKind(row('approve', index), undefined, [0, 2])).toBe(expected);
  expect(findKind(row('reject', index), undefined, [0, 2])).toBe('rejected_with_final');
});
