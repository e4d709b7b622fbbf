import type { CropBox } from '@cullstream/domain';
import type { DecidedGroup } from './project-decisions.js';

/** A decision that the report shows. */
export interface SampleDecision {
  readonly project: string;
  readonly groupId: string;
  /** Of the selected image in its group. */
  readonly position: number;
  readonly image: string;
  /** Images of the group. */
  readonly of: number;
  readonly confidence: number;
  readonly crop: CropBox | null;
}

const MOST_OF_A_PROJECT = 4;
const MOST_IN_ALL = 60;

/** How many decisions to show of each of so many projects. */
function countSamples(projects: number): number {
  return Math.max(1, Math.min(MOST_OF_A_PROJECT, Math.floor(MOST_IN_ALL / Math.max(1, projects))));
}

/**
 * A few decisions of a project, from its beginning to its end.
 * @param projects how many share the room of the report
 * @param shown decisions that others have taken already
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
