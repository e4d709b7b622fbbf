import type { CropBox } from '@cullstream/contracts/web';
import { toSurroundings } from '../geometry/crop-box.js';
import type { Who } from '../group/marks.js';

/** Draws a crop over a picture of any size. */
export function CropOutline(props: {
  readonly who: Who;
  readonly crop: CropBox;
  /** Whether to darken the area outside the crop. */
  readonly dims?: boolean;
}) {
  const [x1, y1, x2, y2] = props.crop;
  return (
    <svg
      class={`outline ${props.who}`}
      viewBox="0 0 1 1"
      preserveAspectRatio="none"
      aria-hidden="true"
      data-crop={JSON.stringify(props.crop)}
    >
      {props.dims === true && (
        <path class="around" d={toSurroundings(props.crop)} fill-rule="evenodd" />
      )}
      <rect class="under" x={x1} y={y1} width={x2 - x1} height={y2 - y1} />
      <rect class="line" x={x1} y={y1} width={x2 - x1} height={y2 - y1} />
    </svg>
  );
}
