import type { CropBox } from '@cullstream/contracts/web';

export interface SizePx {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** `[x1, y1, x2, y2]` in whole pixels of the image. */
export function toPixelBox(
  [x1, y1, x2, y2]: CropBox,
  { widthPx, heightPx }: SizePx,
): readonly [number, number, number, number] {
  return [
    Math.round(x1 * widthPx),
    Math.round(y1 * heightPx),
    Math.round(x2 * widthPx),
    Math.round(y2 * heightPx),
  ];
}

export const isInverted = ([x1, y1, x2, y2]: CropBox): boolean => x1 >= x2 || y1 >= y2;

/** Share of the image's area that a crop box keeps. */
export const toArea = ([x1, y1, x2, y2]: CropBox): number =>
  Math.max(0, x2 - x1) * Math.max(0, y2 - y1);

/** The area outside a box as an SVG path within `0 0 1 1`, to be filled by the even-odd rule. */
export const toSurroundings = ([x1, y1, x2, y2]: CropBox): string =>
  `M0 0H1V1H0ZM${x1} ${y1}H${x2}V${y2}H${x1}Z`;

/** Position and size of the whole image, in percent of a frame that shows only the box. */
export function toPreview([x1, y1, x2, y2]: CropBox): {
  readonly width: string;
  readonly height: string;
  readonly left: string;
  readonly top: string;
} {
  const percent = (share: number): string => `${share * 100}%`;
  return {
    width: percent(1 / (x2 - x1)),
    height: percent(1 / (y2 - y1)),
    left: percent(-x1 / (x2 - x1)),
    top: percent(-y1 / (y2 - y1)),
  };
}
