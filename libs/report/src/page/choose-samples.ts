import type { CropBox } from '@cullstream/domain';
import type { DecidedGroup } from './project-decisions.js';

/** A decision that the report shows with its picture. */
export interface SampleDecision {
  readonly project: string;
  readonly groupId: string;
  /** Position of the selected image in its group. */
  readonly position: number;
  readonly image: string;
  /** Number of images in the group. */
  readonly of: number;
  readonly confidence: number;
  readonly crop: CropBox | null;
}

const MOST_OF_A_PROJECT = 4;
const MOST_IN_ALL = 60;

/** How many decisions are shown of each project. */
function countSamples(projects: number): number {
  return Math.max(1, Math.min(MOST_OF_A_PROJECT, Math.floor(MOST_IN_ALL / Math.max(1, projects))));
}

/**
 * Chooses a few decisions at even intervals in a project.
 * @param projects number of projects in the report
 * @param shown number of decisions that the report has already
 */
export function chooseSamples(
  project: string,
  groups: readonly DecidedGroup[],
  { projects, shown }: { readonly projects: number; readonly shown: number },
): SampleDecision[] {
  const decided = groups.flatMap(({ groupId, images, decision }) =>
    decision === null
      ? []
      : [
          {
            ...{ project, groupId, position: decision.selectedIndex, of: images.length },
            image: images[decision.selectedIndex] ?? '',
            ...{ confidence: decision.confidence, crop: decision.crop },
          },
        ],
  );
  const wanted = Math.min(countSamples(projects), MOST_IN_ALL - shown, decided.length);
  return Array.from(
    { length: Math.max(0, wanted) },
    (_, index) => decided[Math.floor(((index + 0.5) * decided.length) / wanted)],
  ).filter((sample) => sample !== undefined);
}
