import type { GalleryImage } from '@cullstream/contracts/web';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { picturePath, type PictureName } from '../api/paths.js';
import { toPixelBox } from '../geometry/crop-box.js';
import { CropOutline } from '../picture/crop-outline.js';
import type { Mark } from './marks.js';

interface ZoomPictureProps {
  readonly image: GalleryImage;
  readonly picture: PictureName;
  readonly marks: readonly Mark[];
}

/** Lowest magnification, in pixels of the screen per pixel of the image. */
const LEAST_ZOOM = 2;

interface Zoom {
  readonly scale: number;
  readonly origin: string;
}

/**
 * Shows the whole image with every crop. While the mouse button or Space is held, the place at the
 * pointer is enlarged.
 */
export function ZoomPicture({ image, picture, marks }: ZoomPictureProps) {
  const frame = useRef<HTMLDivElement>(null);
  const pointer = useRef({ x: 0.5, y: 0.5 });
  const [zoom, setZoom] = useState<Zoom | null>(null);
  const source = picturePath(picture, '1600');
  // It belongs to one picture: an effect that resets it could run after the picture was loaded.
  const [settled, setSettled] = useState({ source: '', state: 'waiting' });
  const state = settled.source === source ? settled.state : 'waiting';
  const look = (): void => {
    const width = frame.current?.clientWidth ?? 1;
    const scale = Math.max(LEAST_ZOOM, (image.widthPx ?? 0) / width);
    const { x, y } = pointer.current;
    setZoom({ scale, origin: `${x * 100}% ${y * 100}%` });
  };
  const follow = ({ clientX, clientY }: PointerEvent): void => {
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined) return;
    const share = (at: number, from: number, length: number): number =>
      Math.min(1, Math.max(0, (at - from) / length));
    pointer.current = {
      x: share(clientX, box.left, box.width),
      y: share(clientY, box.top, box.height),
    };
    if (zoom !== null) look();
  };
  useHeldSpace(look, () => setZoom(null));
  const size = zoom === null ? '1600' : 'full';
  const aspect = `${image.widthPx ?? 4} / ${image.heightPx ?? 5}`;
  return (
    <div
      ref={frame}
      class={zoom === null ? 'whole' : 'whole zoomed'}
      style={{
        aspectRatio: aspect,
        '--aspect': String((image.widthPx ?? 4) / (image.heightPx ?? 5)),
      }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        follow(event);
        look();
      }}
      onPointerMove={follow}
      onPointerUp={() => setZoom(null)}
      onPointerCancel={() => setZoom(null)}
    >
      <div
        class="layers"
        style={
          zoom === null ? {} : { transform: `scale(${zoom.scale})`, transformOrigin: zoom.origin }
        }
      >
        <img
          class={state}
          src={source}
          alt={image.name}
          draggable={false}
          onLoad={() => setSettled({ source, state: 'loaded' })}
          onError={() => setSettled({ source, state: 'missing' })}
        />
        {size === 'full' && (
          <img class="sharp" src={picturePath(picture, size)} alt="" draggable={false} />
        )}
        {marks.map(
          ({ who, crop }) => crop !== null && <CropOutline key={who} who={who} crop={crop} />,
        )}
      </div>
      {state === 'missing' && <span class="no-picture">This picture cannot be shown.</span>}
    </div>
  );
}

/**
 * Calls the functions when Space is pressed and released. Space on a button still presses the
 * button.
 */
function useHeldSpace(onHold: () => void, onRelease: () => void): void {
  const held = useRef({ onHold, onRelease });
  held.current = { onHold, onRelease };
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key !== ' ' || event.target instanceof HTMLButtonElement) return;
      event.preventDefault();
      if (!event.repeat) held.current.onHold();
    };
    const release = ({ key }: KeyboardEvent): void => {
      if (key === ' ') held.current.onRelease();
    };
    addEventListener('keydown', press);
    addEventListener('keyup', release);
    return () => {
      removeEventListener('keydown', press);
      removeEventListener('keyup', release);
    };
  }, []);
}

/** A crop in whole pixels, as text for people and as numbers for programs. */
export function CropText({ mark, image }: { readonly mark: Mark; readonly image: GalleryImage }) {
  const { widthPx, heightPx } = image;
  if (mark.crop === null || widthPx === null || heightPx === null) return null;
  const box = toPixelBox(mark.crop, { widthPx, heightPx });
  const [x1, y1, x2, y2] = box;
  return (
    <span class="crop-text" data-who={mark.who} data-box={box.join(',')}>
      {x2 - x1} × {y2 - y1} px, from ({x1}, {y1}) to ({x2}, {y2})
    </span>
  );
}
