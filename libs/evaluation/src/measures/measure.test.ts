import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { findWorst } from './disagreements.js';
import { joinGroups, measure } from './measure.js';

const others = { rejected: 1, unknown: 2, undecided: 3 };
const measureAll = (...groups: Parameters<typeof judged>[0][]) =>
  measure({ judged: groups.map(judged), others });

const three = [
  '20250701_000001_stage2_upscaled.png',
  '20250701_000002_stage2_upscaled.png',
  '20250701_000003_stage1_generated.png',
];

describe('picks', () => {
  const { picks } = measureAll(
    {},
    { picked: 0 },
    { images: three, picked: 2, chosen: 2 },
    { images: three, picked: 0, chosen: 1 },
    { images: ['alone.png'], picked: 0, chosen: 0 },
  );

  it('are right where the person chose the same, in groups of two or more', () => {
    expect(picks).toMatchObject({ groups: 4, accuracy: { value: 0.5 } });
  });

  it('are told by the size of the group', () => {
    expect(picks.bySize).toMatchObject([
      { size: 2, groups: 2, accuracy: { value: 0.5 }, rules: { 'highest stage': { value: 1 } } },
      { size: 3, groups: 2, accuracy: { value: 0.5 }, rules: { random: { value: 1 / 3 } } },
    ]);
  });

  it('stand beside the highest stage, of which the first counts, the first, the last and chance', () => {
    expect(picks.rules).toMatchObject({
      'highest stage': { value: 2 / 4 },
      first: { value: 0 },
      last: { value: 3 / 4 },
    });
    expect(picks.rules.random.value).toBeCloseTo((1 / 2 + 1 / 2 + 1 / 3 + 1 / 3) / 4, 9);
    expect(picks.verdict).toMatchObject({ kind: 'not decided', rule: 'last', difference: -0.25 });
  });
});

describe('crops', () => {
  const { crops } = measureAll(
    { proposal: [0, 0, 0.54, 1] },
    { proposal: [0, 0, 1, 1], picked: 0 },
    { proposal: null },
    { chosenCrop: null },
  );

  it('are those of the image that the person chose, where both boxes are known', () => {
    expect(crops).toMatchObject({
      ...{ groups: 2, withoutCrop: 2, within5Percent: { value: 0.5 } },
      rules: {
        'no crop': { within5Percent: { value: 0 }, iou: { value: 0.5 } },
        'constant box': { iou: { value: 0.5 }, centreDistance: { value: 0.25 } },
        'constant box of the aspect': { iou: { value: 1 }, centreDistance: { value: 0 } },
      },
    });
    expect(crops.iou.value).toBeCloseTo((0.5 / 0.54 + 0.5) / 2, 9);
    expect(crops.centreDistance.value).toBeCloseTo((0.02 + 0.25) / 2, 9);
    expect(crops.verdict?.rule).toBe('constant box of the aspect');
  });

  it('are counted by their overlap in twentieths', () => {
    const counts = crops.iouHistogram.flatMap((count, bin) => (count > 0 ? [[bin, count]] : []));
    expect(counts).toEqual([
      [10, 1],
      [18, 1],
    ]);
  });

  it('have no constant box beside them where no other project has a crop', () => {
    const constantBoxes = { all: null, sameAspect: null, isFallback: true };
    const { rules, aspectFallbacks, verdict } = measureAll({ constantBoxes }).crops;
    expect(rules).toMatchObject({ 'constant box': null, 'constant box of the aspect': null });
    expect([aspectFallbacks, verdict?.rule]).toEqual([1, 'no crop']);
  });
});

describe('groups', () => {
  it('are counted by what is known of them, those of one image apart', () => {
    const found = measureAll(
      { action: 'approve' },
      { truth: 'rows' },
      { truth: 'rows', action: null },
      { images: ['alone.png'], picked: 0, chosen: 0, action: 'approve' },
    );
    expect(found.counts).toEqual({ finals: 2, rows: 2, ...others });
    expect(found.approved.value).toBe(0.5);
    expect(found.singles).toMatchObject({
      ...{ groups: 1, approved: { value: 1 } },
      crops: { groups: 1, iou: { value: 1 } },
    });
    expect(found.crops.groups).toBe(3);
  });

  it('of several projects are joined', () => {
    const one = { judged: [judged()], others };
    expect(joinGroups([one, one])).toEqual({
      judged: [judged(), judged()],
      others: { rejected: 2, unknown: 4, undecided: 6 },
    });
  });

  it('without any have no figures', () => {
    const { picks, crops, approved } = measure({ judged: [], others });
    const nothing = { value: null, interval: null };
    expect([picks.accuracy, picks.rules.random, crops.iou, approved]).toEqual([
      ...[nothing, nothing, nothing, nothing],
    ]);
    expect([picks.verdict, crops.verdict]).toEqual([null, null]);
    expect(JSON.stringify(measure({ judged: [], others }))).not.toContain('NaN');
  });
});

describe('the worst disagreements', () => {
  it('are other picks, the surest first, and the crops that overlap least', () => {
    const found = findWorst([
      judged({ groupId: 'right' }),
      judged({ groupId: 'unsure', picked: 0, confidence: 0.5, proposal: [0, 0, 0.25, 1] }),
      judged({ groupId: 'sure', picked: 0, confidence: 0.9, proposal: null }),
      judged({ groupId: 'far', proposal: [0.5, 0, 1, 1] }),
    ]);
    expect(found.picks.map(({ groupId }) => groupId)).toEqual(['sure', 'unsure']);
    expect(found.crops).toMatchObject([
      { groupId: 'far', iou: 0, proposal: [0.5, 0, 1, 1], chosenCrop: [0, 0, 0.5, 1] },
      { groupId: 'unsure', iou: 0.5 },
    ]);
    expect(found.picks[0]).not.toHaveProperty('constantBoxes');
  });
});
