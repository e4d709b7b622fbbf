import type { Agreement } from '../agreement/compare-variants.js';
import type { Thresholds } from './approval.js';

/** Share of the groups with several images in which the same image is selected. */
export function toSamePicks({ contested, picksChanged }: Agreement): number {
  return 1 - picksChanged / contested;
}

/** Describes the thresholds that are not met. Empty if all are met. */
export function judgeApproval(agreement: Agreement, thresholds: Thresholds): string[] {
  const { contested, picksChanged, iouMean } = agreement;
  if (contested === 0) {
    return ['no group of the sample has two images that can be read: nothing is picked among them'];
  }
  const samePicks = toSamePicks(agreement);
  return [
    ...(samePicks < thresholds.samePicks
      ? [
          `${percent(samePicks)} of ${contested} groups pick the same image, ` +
            `${percent(thresholds.samePicks)} are asked for: ${picksChanged} changed`,
        ]
      : []),
    ...(iouMean < thresholds.cropOverlap
      ? [
          `crop boxes overlap by ${iouMean.toFixed(4)} on average, ` +
            `${thresholds.cropOverlap} is asked for`,
        ]
      : []),
  ];
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}
