import { useEffect, useRef, useState } from 'preact/hooks';

/** A picture that is visible for a shorter time while scrolling is not requested. */
const SETTLE_MS = 80;

/**
 * Loads a picture when it has been visible for a moment. Loading is cancelled if it is scrolled
 * away.
 */
export function LazyImage({ src, alt }: { readonly src: string; readonly alt: string }) {
  const image = useRef<HTMLImageElement>(null);
  const [state, setState] = useState<'waiting' | 'loaded' | 'missing'>('waiting');
  useEffect(() => {
    const shown = image.current;
    setState('waiting');
    const timer = setTimeout(() => {
      if (shown !== null) shown.src = src;
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      shown?.removeAttribute('src');
    };
  }, [src]);
  return (
    <>
      <img
        ref={image}
        class={state}
        alt={alt}
        decoding="async"
        draggable={false}
        onLoad={() => setState('loaded')}
        onError={() => setState('missing')}
      />
      {state === 'missing' && <span class="no-picture">no picture</span>}
    </>
  );
}
