import { useEffect, useRef, useState } from 'preact/hooks';

/** A picture that is only scrolled past is never asked for. */
const SETTLE_MS = 80;

/** A picture that is loaded once it stays in sight; where it is gone before, loading it is given up. */
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
