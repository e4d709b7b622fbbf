/** An image's width by its height, where it is known. */
export const toAspect = (image: {
  readonly widthPx: number | null;
  readonly heightPx: number | null;
}): number | null =>
  image.widthPx === null || image.heightPx === null ? null : image.widthPx / image.heightPx;

/** The largest size with an aspect that fits. */
export function fitBox(
  aspect: number,
  widthPx: number,
  heightPx: number,
): { readonly width: number; readonly height: number } {
  const width = Math.min(widthPx, heightPx * aspect);
  return { width: Math.floor(width), height: Math.floor(width / aspect) };
}

/** Neither a banner nor a ribbon takes the place of all others. */
const WIDEST = 2.2;
const NARROWEST = 0.4;
const USUAL = 0.8;
/** What a strip shrinks to before it scrolls instead. */
const LEAST_SHARE = 0.4;

/** Widths of all pictures of a strip together, by its height. */
export function sumAspects(aspects: readonly (number | null)[]): number {
  return toShown(aspects).reduce((total, aspect) => total + aspect, 0);
}

function toShown(aspects: readonly (number | null)[]): number[] {
  const usual = aspects.find((aspect) => aspect !== null) ?? USUAL;
  return aspects.map((aspect) => Math.min(WIDEST, Math.max(NARROWEST, aspect ?? usual)));
}

/** Sizes of a row of thumbnails: as high as all of them fit, or scrolling where they would be too small. */
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
