import type { GalleryGroup } from '@cullstream/contracts/web';
import type { OpenedGroup } from '../address/view.js';

/** The image of a group that is shown first: the selected one, or else the first one. */
export const toFirstImage = ({ decision, person }: GalleryGroup): number =>
  decision?.selectedIndex ?? person?.selectedIndex ?? 0;

interface Place {
  /** The group that is shown now. */
  readonly group: GalleryGroup;
  readonly image: number;
  readonly at: number | undefined;
  readonly groupAt: (index: number) => GalleryGroup | undefined;
}

/**
 * The group and image that a key leads to. Left and right go to the next image, also in the next
 * group. Up and down go to the next group. Undefined for other keys, and at the ends of the list.
 */
export function toNextOpened(key: string, place: Place): OpenedGroup | undefined {
  const { group, image, at } = place;
  const sideways = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
  const next = image + sideways;
  if (sideways !== 0 && next >= 0 && next < group.images.length) {
    return { id: group.groupId, at, image: next };
  }
  const step = sideways === 0 ? (key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0) : sideways;
  if (step === 0 || at === undefined || at + step < 0) return undefined;
  const other = place.groupAt(at + step);
  if (other === undefined) return undefined;
  const entered = sideways === 1 ? 0 : sideways === -1 ? other.images.length - 1 : undefined;
  return { id: other.groupId, at: at + step, image: entered };
}
