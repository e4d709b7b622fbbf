/** A crop box `[x1, y1, x2, y2]` in [0, 1] of an image's width and height. */
export type CropBox = readonly [number, number, number, number];

/** One image of a group: `score` and `crop` are null where it could not be embedded. */
export interface GroupMember {
  /** Position in the whole group, from 0. */
  readonly position: number;
  readonly score: number | null;
  readonly crop: CropBox | null;
  readonly widthPx: number | null;
  readonly heightPx: number | null;
}

export interface DecidedGroup {
  readonly kind: 'decided';
  /** Position of the best image in the whole group, unreadable and absent images counted. */
  readonly selectedIndex: number;
  /** Softmax share of the best score among the readable images, in (0, 1]. */
  readonly confidence: number;
  /** Box of the selected image; null where it is inverted. */
  readonly crop: CropBox | null;
  /** The selected image's box has x1 >= x2 or y1 >= y2. */
  readonly inverted: boolean;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** No image of the group could be read. */
export interface FailedGroup {
  readonly kind: 'failed';
}

/**
 * Picks the best image of a group: the highest score, the lowest position where scores are equal.
 * The order of `members` does not matter. Confidence is softmax(scores) at the best one, computed
 * in float64 relative to the maximum so that no score overflows.
 *
 * @example
 * ```ts
 * const size = { widthPx: 1024, heightPx: 1024 };
 * decideGroup([
 *   { position: 0, score: 1, crop: [0, 0, 1, 1], ...size },
 *   { position: 1, score: 2, crop: [0.1, 0, 0.9, 1], ...size },
 * ]); // { kind: 'decided', selectedIndex: 1, confidence: 0.731…, crop: [0.1, 0, 0.9, 1], … }
 * ```
 */
export function decideGroup(members: readonly GroupMember[]): DecidedGroup | FailedGroup {
  const readable = members.filter(isReadable).sort((a, b) => a.position - b.position);
  const [first, ...others] = readable;
  if (first === undefined) return { kind: 'failed' };
  let best = first;
  for (const member of others) if (member.score > best.score) best = member;
  let sum = 0;
  for (const { score } of readable) sum += Math.exp(score - best.score);
  const inverted = best.crop[0] >= best.crop[2] || best.crop[1] >= best.crop[3];
  return {
    kind: 'decided',
    selectedIndex: best.position,
    confidence: 1 / sum,
    crop: inverted ? null : best.crop,
    inverted,
    widthPx: best.widthPx,
    heightPx: best.heightPx,
  };
}

type ReadableMember = { [Key in keyof GroupMember]: NonNullable<GroupMember[Key]> };

function isReadable(member: GroupMember): member is ReadableMember {
  return (
    member.score !== null &&
    member.crop !== null &&
    member.widthPx !== null &&
    member.heightPx !== null
  );
}
