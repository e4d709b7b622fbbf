import { IMAGE_SIDE_PX } from '@cullstream/contracts';

/** Side in pixels of what an image is resampled to. */
export const TARGET_SIZE_PX = IMAGE_SIDE_PX;
/** Bytes of a preprocessed image: 224 x 224 RGB, rows from the top, 8 bits a channel. */
export const TARGET_BYTES = TARGET_SIZE_PX * TARGET_SIZE_PX * 3;

/** The place of the 224 x 224 crop in the resized image, in pixels. */
export interface TargetWindow {
  readonly resizedWidthPx: number;
  readonly resizedHeightPx: number;
  readonly leftPx: number;
  readonly topPx: number;
}

/**
 * Resize(224) and CenterCrop(224) of torchvision: the short edge becomes 224, the long edge is
 * truncated; the crop's offsets are halves rounded as Python rounds, ties to even.
 */
export function targetWindow(widthPx: number, heightPx: number): TargetWindow {
  const isWide = widthPx > heightPx;
  const [short, long] = isWide ? [heightPx, widthPx] : [widthPx, heightPx];
  const resizedLong = Math.trunc((TARGET_SIZE_PX * long) / short);
  const offset = halfToEven(resizedLong - TARGET_SIZE_PX);
  return isWide
    ? { resizedWidthPx: resizedLong, resizedHeightPx: TARGET_SIZE_PX, leftPx: offset, topPx: 0 }
    : { resizedWidthPx: TARGET_SIZE_PX, resizedHeightPx: resizedLong, leftPx: 0, topPx: offset };
}

function halfToEven(value: number): number {
  const floor = Math.floor(value / 2);
  return value % 2 === 0 || floor % 2 === 0 ? floor : floor + 1;
}
