import type { CropBox, GalleryGroup } from '@cullstream/contracts/web';

/**
 * Who made a choice: the version that is shown, the user, or the version that it is compared with.
 */
export type Who = 'pick' | 'person' | 'compared';

export interface Mark {
  readonly who: Who;
  readonly label: string;
  /** Position of the chosen image in the group. */
  readonly index: number;
  readonly crop: CropBox | null;
}

/** All choices in a group. The choice of the version that is shown comes first. */
export function toMarks({ decision, compared, person }: GalleryGroup, compares: boolean): Mark[] {
  const marks: Mark[] = [];
  if (decision !== null) {
    const { selectedIndex: index, crop } = decision;
    marks.push({ who: 'pick', label: compares ? 'A' : 'pick', index, crop });
  }
  if (compared !== null) {
    const { selectedIndex: index, crop } = compared;
    marks.push({ who: 'compared', label: 'B', index, crop });
  }
  if (person !== null && person.selectedIndex !== null) {
    const { selectedIndex: index, crop } = person;
    marks.push({ who: 'person', label: 'person', index, crop });
  }
  return marks;
}

/** Whether the user's choice agrees with the decision. Null if one of them is not known. */
export function toAgreement({ decision, person }: GalleryGroup): {
  readonly agrees: boolean;
  readonly text: string;
} | null {
  if (person === null) return null;
  if (person.action === 'reject') return { agrees: false, text: 'person rejected it' };
  if (decision === null || person.selectedIndex === null) return null;
  return person.selectedIndex === decision.selectedIndex
    ? { agrees: true, text: 'same image as person' }
    : { agrees: false, text: 'person chose another' };
}

/** The image stage in a file name: `stage2_upscaled` in `20250601_101010_stage2_upscaled.png`. */
export function toStage(name: string): string | null {
  return /(stage\d+(?:\.\d+)?_[a-z0-9_]+?)\.[a-z]+$/i.exec(name)?.[1] ?? null;
}

/** The id of a group without the beginning that all groups of its project share. */
export function toShortId(groupId: string, project: string): string {
  const common = `${project}_group_`;
  return groupId.startsWith(common) && groupId.length > common.length
    ? groupId.slice(common.length)
    : groupId;
}
