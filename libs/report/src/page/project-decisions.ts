import { toBaseName, toStageName, type CropBox } from '@cullstream/domain';
import { toDistribution, type Distribution } from '../diff/distribution.js';

/** A group in a run. It has no decision if none of its images could be read. */
export interface DecidedGroup {
  readonly groupId: string;
  readonly images: readonly string[];
  readonly decision: {
    readonly selectedIndex: number;
    readonly confidence: number;
    readonly crop: CropBox | null;
  } | null;
}

/** Values of the decisions of a project for the plots. */
export interface ProjectDecisions {
  readonly project: string;
  /** Null if nothing was decided. */
  readonly confidence: Distribution | null;
  /** Number of selected images of each image stage. */
  readonly stages: ReadonlyMap<string, number>;
  /** Number of crops by the share of the image that they keep, in equally wide bins from 0 to 1. */
  readonly cropShares: readonly number[];
}

const BINS = 20;

export function toProjectDecisions(
  project: string,
  groups: readonly DecidedGroup[],
): ProjectDecisions {
  const confidences: number[] = [];
  const stages = new Map<string, number>();
  const cropShares = new Array<number>(BINS).fill(0);
  for (const { images, decision } of groups) {
    if (decision === null) continue;
    confidences.push(decision.confidence);
    const stage = toStageLabel(images[decision.selectedIndex] ?? '');
    stages.set(stage, (stages.get(stage) ?? 0) + 1);
    if (decision.crop === null) continue;
    const [x1, y1, x2, y2] = decision.crop;
    const bin = Math.min(BINS - 1, Math.floor((x2 - x1) * (y2 - y1) * BINS));
    cropShares[bin] = (cropShares[bin] ?? 0) + 1;
  }
  return { project, confidence: toDistribution(confidences), stages, cropShares };
}

function toStageLabel(image: string): string {
  return toStageName(toBaseName(image)) ?? 'without a stage';
}
