import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';

/** What of an element is seen in the window: how wide it is, and how far it is scrolled past. */
export interface Sight {
  readonly widthPx: number;
  readonly topPx: number;
  readonly heightPx: number;
}

/** Follows how much of an element is in sight while the page is scrolled and resized. */
export function useSight(element: RefObject<HTMLElement | null>): Sight {
  const [sight, setSight] = useState<Sight>({ widthPx: 0, topPx: 0, heightPx: 800 });
  const look = (): void => {
    if (element.current === null) return;
    const { width, top } = element.current.getBoundingClientRect();
    const next = { widthPx: Math.floor(width), topPx: -top, heightPx: innerHeight };
    setSight((last) =>
      last.widthPx === next.widthPx && last.topPx === next.topPx && last.heightPx === next.heightPx
        ? last
        : next,
    );
  };
  useLayoutEffect(look, []);
  useEffect(() => {
    let frame = 0;
    const later = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(look);
    };
    addEventListener('scroll', later, { passive: true });
    const observer = new ResizeObserver(later);
    observer.observe(document.documentElement);
    if (element.current !== null) observer.observe(element.current);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', later);
      observer.disconnect();
    };
  }, []);
  return sight;
}
