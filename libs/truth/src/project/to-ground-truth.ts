import type { ImageSource } from '@cullstream/contracts';
import { areBoxesNear, type CropBox } from '@cullstream/domain';
import type { GroundTruth, TruthAction } from '@cullstream/store';
import type { FinalImage } from '../finals/list-finals.js';
import type { LocatedCrop } from '../locate/locate-final.js';

const FULL_FRAME: CropBox = [0, 0, 1, 1];
/** How far an edge may be from the frame's for the image to count as not cropped, as a share of its side. */
const FULL_FRAME_TOLERANCE = 0.02;
/** Must be increased if the same images may give another result, so that stored results are not reused. */
const METHOD_VERSION = 3;

/** The truth of a group with a finished image. */
export function toGroundTruth(
  chosen: {
    readonly groupId: string;
    readonly selectedIndex: number;
    readonly final: FinalImage;
    readonly evidence: string;
  },
  { method, score, box, original, final }: LocatedCrop,
): GroundTruth {
  const { widthPx, heightPx } = original;
  const crop =
    box === null
      ? null
      : ([box[0] / widthPx, box[1] / heightPx, box[2] / widthPx, box[3] / heightPx] as const);
  return {
    groupId: chosen.groupId,
    finalFile: chosen.final.name,
    selectedIndex: chosen.selectedIndex,
    action: toAction(crop ?? [0, 0, final.widthPx / widthPx, final.heightPx / heightPx]),
    boxPx: box,
    crop,
    method,
    score,
    finalTime: chosen.final.time,
    finalPath: chosen.final.path,
    evidence: chosen.evidence,
  };
}

/** The truth of a group without a finished image. */
export function toRejected(groupId: string): GroundTruth {
  return {
    groupId,
    finalFile: null,
    selectedIndex: null,
    action: 'reject',
    boxPx: null,
    crop: null,
    method: 'none',
    score: null,
    finalTime: null,
    finalPath: null,
    evidence: null,
  };
}

/** @param box `[x1, y1, x2, y2]` in [0, 1]; if the place is not known, a box of the finished image's size */
function toAction(box: CropBox): TruthAction {
  return areBoxesNear(box, FULL_FRAME, FULL_FRAME_TOLERANCE) ? 'approve' : 'crop';
}

/** Identifies the present content of both images: as long as it stays the same, so does the result. */
export function toEvidence(original: ImageSource, final: ImageSource): string {
  return `${METHOD_VERSION} ${identify(original)} ${identify(final)}`;
}

function identify(source: ImageSource): string {
  return source.kind === 'file'
    ? `${source.size}:${source.modifiedMs}:${source.path}`
    : `${source.size}:${source.crc32}:${source.archive}`;
}
