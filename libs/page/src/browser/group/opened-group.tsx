import type { GalleryGroup, GalleryVersion } from '@cullstream/contracts/web';
import { formatScore } from '../format/numbers.js';
import { toAspect } from '../geometry/fit-box.js';
import { Thumbnail } from '../gallery/thumbnail.js';
import { toMarks } from './marks.js';
import { Choices } from './choices.js';
import { ZoomPicture } from './zoom-picture.js';

interface OpenedGroupProps {
  readonly group: GalleryGroup;
  readonly run: string;
  readonly project: string;
  /** Position of the image that is shown now. */
  readonly shown: number;
  readonly compares: boolean;
  readonly versions: readonly GalleryVersion[];
  readonly version: string | undefined;
  readonly compare: string | undefined;
  readonly onShow: (position: number) => void;
}

const STRIP_HEIGHT_PX = 88;

export function OpenedGroupView(props: OpenedGroupProps) {
  const { group, run, project, shown, onShow } = props;
  const marks = toMarks(group, props.compares);
  const image = group.images[shown];
  if (image === undefined) return null;
  const { sequence, failure, name } = image;
  return (
    <div class="opened-body">
      <div class="stage">
        {failure !== null ? (
          <div class="failure large">
            <strong>{failure.reason}</strong>
            <bdi>{failure.message}</bdi>
          </div>
        ) : sequence === null ? (
          <div class="failure large">This image is not in the originals.</div>
        ) : (
          <ZoomPicture
            image={image}
            picture={{ project, run, sequence }}
            marks={marks.filter(({ index }) => index === shown)}
          />
        )}
      </div>
      <p class="caption" aria-live="polite" data-shown={shown}>
        <bdi class="name">{name}</bdi>
        <span>
          image {shown + 1} of {group.images.length}
          {image.score !== null && ` · score ${formatScore(image.score)}`}
          {image.widthPx !== null && ` · ${image.widthPx} × ${image.heightPx} px`}
        </span>
      </p>
      <div class="images" role="group" aria-label="Images of the group">
        {group.images.map((each, position) => (
          <button
            key={position}
            type="button"
            aria-current={position === shown ? 'true' : undefined}
            onClick={() => onShow(position)}
          >
            <Thumbnail
              {...{ project, run }}
              image={each}
              marks={marks.filter(({ index }) => index === position)}
              heightPx={STRIP_HEIGHT_PX}
              widthPx={Math.round(STRIP_HEIGHT_PX * Math.min(2, toAspect(each) ?? 0.8))}
            />
          </button>
        ))}
      </div>
      <Choices {...props} marks={marks} />
      <p class="keys" aria-hidden="true">
        <kbd>←</kbd> <kbd>→</kbd> images, <kbd>↑</kbd> <kbd>↓</kbd> groups, hold <kbd>Space</kbd> or
        the mouse to look closer
      </p>
    </div>
  );
}
