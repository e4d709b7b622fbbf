import type { GalleryGroup } from '@cullstream/contracts/web';
import { toAspect, sumAspects } from '../geometry/fit-box.js';

/** The layout of cards of equal height in columns. Positions are calculated, not measured. */
export interface GridLayout {
  readonly columns: number;
  readonly cardWidthPx: number;
  readonly rowHeightPx: number;
  readonly stripWidthPx: number;
  readonly stripHeightPx: number;
}

/** Space between cards, and padding inside them. */
export const GAP_PX = 12;
export const PADDING_PX = 12;
/** Space between the pictures of a group. */
export const STRIP_GAP_PX = 6;
const HEAD_PX = 44;
/** Height of the frame and the caption of the pictures in a strip. */
export const CAPTION_PX = 30;
/**
 * Height of pictures that the number of columns is calculated for. Lower pictures show too little.
 */
const USUAL_HEIGHT_PX = 128;
const NARROWEST_CARD_PX = 360;
/** Aspect ratio of a group of three portrait pictures side by side. */
const USUAL_ASPECT = 3 * 0.8;
/** Number of rows that are drawn above and below the visible ones. */
const OVERSCAN = 2;

/** @param usualAspect median total width of the pictures of a group, divided by their height */
export function toGridLayout(widthPx: number, usualAspect = USUAL_ASPECT): GridLayout {
  const around = 2 * PADDING_PX + 2 * STRIP_GAP_PX;
  const wanted = Math.max(NARROWEST_CARD_PX, USUAL_HEIGHT_PX * usualAspect + around);
  const columns = Math.max(1, Math.floor((widthPx + GAP_PX) / (wanted + GAP_PX)));
  const cardWidthPx = Math.floor((widthPx - GAP_PX * (columns - 1)) / columns);
  const stripWidthPx = Math.max(0, cardWidthPx - 2 * PADDING_PX);
  const free = (stripWidthPx - 2 * STRIP_GAP_PX) / usualAspect;
  const stripHeightPx = Math.floor(Math.min(260, Math.max(96, free)));
  const rowHeightPx = HEAD_PX + stripHeightPx + CAPTION_PX + PADDING_PX + GAP_PX;
  return { columns, cardWidthPx, rowHeightPx, stripWidthPx, stripHeightPx };
}

/** The median total width of the pictures of a group, divided by their height. */
export function toUsualAspect(groups: readonly GalleryGroup[]): number | undefined {
  const widths = groups.map(({ images }) => sumAspects(images.map(toAspect))).sort((a, b) => a - b);
  return widths[Math.floor(widths.length / 2)];
}

export const countRows = (total: number, { columns }: GridLayout): number =>
  Math.ceil(total / columns);

/**
 * The rows to draw, from `first` to before `end`. `topPx` is the distance that the grid is
 * scrolled.
 */
export function toVisibleRows(
  total: number,
  layout: GridLayout,
  { topPx, heightPx }: { readonly topPx: number; readonly heightPx: number },
): { readonly first: number; readonly end: number } {
  const rows = countRows(total, layout);
  const first = Math.floor(topPx / layout.rowHeightPx) - OVERSCAN;
  const end = Math.ceil((topPx + heightPx) / layout.rowHeightPx) + OVERSCAN;
  const clamp = (row: number): number => Math.min(rows, Math.max(0, row));
  return { first: clamp(first), end: clamp(end) };
}

/** The index of the card that an arrow key leads to. Undefined for other keys. */
export function toNextCard(
  key: string,
  index: number,
  total: number,
  { columns }: GridLayout,
): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -index,
    End: total - 1 - index,
  };
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  if (step === undefined) return undefined;
  const next = index + step;
  return next < 0 || next >= total ? index : next;
}
