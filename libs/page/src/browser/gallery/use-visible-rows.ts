import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { toGridLayout, toVisibleRows, type GridLayout } from './grid-layout.js';

export interface VisibleRows {
  /** Null until the width of the grid is known. */
  readonly layout: GridLayout | null;
  readonly first: number;
  readonly end: number;
}

/** The rows of a grid to draw, updated when the page is scrolled or resized. */
export function useVisibleRows(
  grid: RefObject<HTMLElement | null>,
  total: number,
  usualAspect: number | undefined,
): VisibleRows {
  const [visible, setVisible] = useState<VisibleRows>({ layout: null, first: 0, end: 0 });
  const look = (): void => {
    if (grid.current === null) return;
    const { width, top } = grid.current.getBoundingClientRect();
    const layout = toGridLayout(Math.floor(width), usualAspect);
    const rows = toVisibleRows(total, layout, { topPx: -top, heightPx: innerHeight });
    setVisible((last) =>
      last.first === rows.first &&
      last.end === rows.end &&
      last.layout?.cardWidthPx === layout.cardWidthPx &&
      last.layout.rowHeightPx === layout.rowHeightPx
        ? last
        : { layout, ...rows },
    );
  };
  useLayoutEffect(look, [total, usualAspect]);
  useEffect(() => {
    let frame = 0;
    const later = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(look);
    };
    addEventListener('scroll', later, { passive: true });
    const observer = new ResizeObserver(later);
    observer.observe(document.documentElement);
    if (grid.current !== null) observer.observe(grid.current);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', later);
      observer.disconnect();
    };
  }, [total, usualAspect]);
  return visible;
}
