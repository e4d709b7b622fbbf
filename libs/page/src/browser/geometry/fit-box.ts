/** The width of an image divided by its height; null if its size is not known. */
export const toAspect = (image: {
  readonly widthPx: number | null;
  readonly heightPx: number | null;
}): number | null =>
  image.widthPx === null || image.heightPx === null ? null : image.widthPx / image.heightPx;

/** The largest size with an aspect ratio that fits into a box. */
export function fitBox(
  aspect: number,
  widthPx: number,
  heightPx: number,
): { readonly width: number; readonly height: number } {
  const width = Math.min(widthPx, heightPx * aspect);
  return { width: Math.floor(width), height: Math.floor(width / aspect) };
}

/** Limits of the aspect ratio in a strip, so that a very wide image leaves space for the others. */
const WIDEST = 2.2;
const NARROWEST = 0.4;
const USUAL = 0.8;
/** A strip scrolls if its pictures would be lower than this share of its height. */
const LEAST_SHARE = 0.4;

/** The total width of the pictures of a strip, divided by its height. */
export function sumAspects(aspects: readonly (number | null)[]): number {
  return toShown(aspects).reduce((total, aspect) => total + aspect, 0);
}

function toShown(aspects: readonly (number | null)[]): number[] {
  const usual = aspects.find((aspect) => aspect !== null) ?? USUAL;
  return aspects.map((aspect) => Math.min(WIDEST, Math.max(NARROWEST, aspect ?? usual)));
}

/**
 * Sizes of the thumbnails in a strip. They are as high as possible so that all fit. If they would
 * be too small, they have the full height and the strip scrolls.
 */
export function toStrip(
  aspects: readonly (number | null)[],
  room: { readonly widthPx: number; readonly heightPx: number; readonly gapPx: number },
): { readonly heightPx: number; readonly widthsPx: readonly number[]; readonly scrolls: boolean } {
  const shown = toShown(aspects);
  const sum = sumAspects(aspects);
  const free = room.widthPx - room.gapPx * (aspects.length - 1);
  const fitting = Math.min(room.heightPx, free / sum);
  const scrolls = fitting < room.heightPx * LEAST_SHARE;
  const heightPx = Math.floor(scrolls ? room.heightPx : fitting);
  return { heightPx, widthsPx: shown.map((aspect) => Math.floor(aspect * heightPx)), scrolls };
}
