import type { GalleryGroup, GalleryImage } from '@cullstream/contracts/web';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { toAspect, toStrip } from '../geometry/fit-box.js';
import type { Mark } from '../group/marks.js';
import { CAPTION_PX, STRIP_GAP_PX, type GridLayout } from './grid-layout.js';
import { Thumbnail } from './thumbnail.js';

interface Tile {
  readonly image: GalleryImage;
  /** Position of the image in its group. */
  readonly position: number;
  readonly marks: readonly Mark[];
}

/** The images of a group in order, each with the choices of it. */
export function toTiles({ images }: GalleryGroup, marks: readonly Mark[]): Tile[] {
  return images.map((image, position) => ({
    image,
    position,
    marks: marks.filter(({ index }) => index === position),
  }));
}

/** The choices of each version and the user side by side, even if they chose the same image. */
export function toSideBySide({ images }: GalleryGroup, marks: readonly Mark[]): Tile[] {
  return marks.flatMap((mark) => {
    const image = images[mark.index];
    return image === undefined ? [] : [{ image, position: mark.index, marks: [mark] }];
  });
}

interface StripProps {
  readonly tiles: readonly Tile[];
  readonly groupId: string;
  readonly project: string;
  readonly run: string;
  readonly layout: GridLayout;
  readonly onOpen: (position: number) => void;
}

export function Strip({ tiles, groupId, project, run, layout, onOpen }: StripProps) {
  const strip = toStrip(
    tiles.map(({ image }) => toAspect(image)),
    { widthPx: layout.stripWidthPx, heightPx: layout.stripHeightPx, gapPx: STRIP_GAP_PX },
  );
  // An area that scrolls must be reachable by keyboard.
  const scrolling = strip.scrolls
    ? { tabIndex: 0, role: 'group' as const, 'aria-label': `Images of group ${groupId}` }
    : {};
  const shown = useRef<HTMLDivElement>(null);
  const picked = tiles.findIndex(({ marks }) => marks.length > 0);
  useLayoutEffect(() => {
    const tile = strip.scrolls ? shown.current?.children[picked] : undefined;
    if (shown.current === null || !(tile instanceof HTMLElement)) return;
    const over = tile.offsetLeft + tile.offsetWidth - shown.current.clientWidth;
    shown.current.scrollLeft = Math.max(0, over);
  }, [strip.scrolls, picked, layout.stripWidthPx]);
  return (
    <div
      ref={shown}
      class="strip"
      style={{ height: `${layout.stripHeightPx + CAPTION_PX}px` }}
      {...scrolling}
    >
      {tiles.map(({ image, position, marks }, index) => (
        <div key={index} class="opener" onClick={() => onOpen(position)}>
          <Thumbnail
            {...{ image, marks, project, run }}
            widthPx={strip.widthsPx[index] ?? strip.heightPx}
            heightPx={strip.heightPx}
          />
        </div>
      ))}
    </div>
  );
}
