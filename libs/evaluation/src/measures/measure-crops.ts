import {
  areBoxesNear,
  centreDistance,
  intersectionOverUnion,
  type CropBox,
} from '@cullstream/domain';
import type { JudgedGroup } from '../judged-group.js';
import { toMeans, toShare, type Measured } from './intervals.js';
import { toVerdict, type Verdict } from './verdict.js';

/** Simple rules for crops. If several are equally good, the first one is named. */
export const cropRules = ['no crop', 'constant box', 'constant box of the aspect'] as const;
export type CropRule = (typeof cropRules)[number];

/** How near boxes are to the person's. */
export interface Nearness {
  /** Share with all four coordinates within 5 % of the image's side. */
  readonly within5Percent: Measured;
  /** Mean intersection over union. */
  readonly iou: Measured;
  /** Mean distance of the centres, as a share of the image's sides. */
  readonly centreDistance: Measured;
}

/** Boxes for the images that the person chose, whether the version picked them or not. */
export interface CropMeasures extends Nearness {
  readonly groups: number;
  /** Groups with a choice that have no crop to judge: the person's box is not known, or the version has none. */
  readonly withoutCrop: number;
  /** Groups in each twentieth of [0, 1] of the intersection over union, the lowest first. */
  readonly iouHistogram: readonly number[];
  /** The same for each rule, on the same groups; null if no other project has a crop. */
  readonly rules: Readonly<Record<CropRule, Nearness | null>>;
  /** Number of groups whose aspect ratio no other project has: they use the constant box. */
  readonly aspectFallbacks: number;
  /** By mean intersection over union. */
  readonly verdict: Verdict | null;
}

interface Pair {
  readonly group: JudgedGroup;
  readonly chosen: CropBox;
  readonly proposal: CropBox;
}

const FULL_FRAME: CropBox = [0, 0, 1, 1];
const HISTOGRAM_BINS = 20;

export function measureCrops(judged: readonly JudgedGroup[], subject: string): CropMeasures {
  const pairs = judged.flatMap((group): Pair[] => {
    const { chosenCrop: chosen, proposal } = group;
    return chosen === null || proposal === null ? [] : [{ group, chosen, proposal }];
  });
  const ours = pairs.map(({ proposal }) => proposal);
  const rules = new Map(cropRules.map((rule) => [rule, toBoxes(rule, pairs)]));
  const measureRule = (rule: CropRule) => {
    const boxes = rules.get(rule);
    return boxes === undefined ? null : toNearness(pairs, boxes);
  };
  const overlaps = toOverlaps(pairs, ours);
  return {
    groups: pairs.length,
    withoutCrop: judged.length - pairs.length,
    ...toNearness(pairs, ours),
    iouHistogram: toHistogram(overlaps),
    rules: {
      'no crop': measureRule('no crop'),
      'constant box': measureRule('constant box'),
      'constant box of the aspect': measureRule('constant box of the aspect'),
    },
    aspectFallbacks: pairs.filter(({ group }) => group.constantBoxes.isFallback).length,
    verdict: toVerdict({
      subject,
      unit: { name: 'IoU', write: (difference) => difference.toFixed(3) },
      version: overlaps,
      rules: new Map(
        [...rules].flatMap(([rule, boxes]) =>
          boxes === undefined ? [] : [[rule, toOverlaps(pairs, boxes)] as const],
        ),
      ),
    }),
  };
}

/** Undefined if a group has no such box. */
function toBoxes(rule: CropRule, pairs: readonly Pair[]): CropBox[] | undefined {
  const boxes = pairs.map(({ group: { constantBoxes } }) => {
    if (rule === 'no crop') return FULL_FRAME;
    return rule === 'constant box' ? constantBoxes.all : constantBoxes.sameAspect;
  });
  return boxes.every((box) => box !== null) ? boxes : undefined;
}

function toNearness(pairs: readonly Pair[], boxes: readonly CropBox[]): Nearness {
  const near = pairs.filter(({ chosen }, index) =>
    areBoxesNear(boxes[index] ?? FULL_FRAME, chosen),
  );
  return {
    within5Percent: toShare(near.length, pairs.length),
    ...toMeans({
      iou: toOverlaps(pairs, boxes),
      centreDistance: pairs.map(({ chosen }, index) =>
        centreDistance(boxes[index] ?? FULL_FRAME, chosen),
      ),
    }),
  };
}

function toOverlaps(pairs: readonly Pair[], boxes: readonly CropBox[]): number[] {
  return pairs.map(({ chosen }, index) =>
    intersectionOverUnion(boxes[index] ?? FULL_FRAME, chosen),
  );
}

function toHistogram(values: readonly number[]): number[] {
  const counts = new Array<number>(HISTOGRAM_BINS).fill(0);
  for (const value of values) {
    const bin = Math.min(HISTOGRAM_BINS - 1, Math.floor(value * HISTOGRAM_BINS));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
