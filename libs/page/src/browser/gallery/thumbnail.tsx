import type { GalleryImage } from '@cullstream/contracts/web';
import { picturePath } from '../api/paths.js';
import { formatScore } from '../format/numbers.js';
import { fitBox, toAspect } from '../geometry/fit-box.js';
import { toStage, type Mark } from '../group/marks.js';
import { CropOutline } from '../picture/crop-outline.js';
import { LazyImage } from '../picture/lazy-image.js';

interface ThumbnailProps {
  readonly image: GalleryImage;
  /** The choices of this image. */
  readonly marks: readonly Mark[];
  readonly project: string;
  readonly run: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

export function Thumbnail({ image, marks, project, run, widthPx, heightPx }: ThumbnailProps) {
  const chosen = marks.map(({ who }) => who).join(' ');
  return (
    <figure class={`thumbnail ${chosen}`} style={{ width: `${widthPx}px` }}>
      <div class="frame" style={{ height: `${heightPx}px` }}>
        {image.failure === null ? (
          <ThumbnailPicture {...{ image, marks, project, run, widthPx, heightPx }} />
        ) : (
          <div class="failure" title={image.failure.message}>
            <strong>{image.failure.reason}</strong>
            <bdi>{image.name}</bdi>
          </div>
        )}
        {marks.length > 0 && (
          <span class="tags">
            {marks.map(({ who, label }) => (
              <span key={who} class={`tag ${who}`}>
                {label}
              </span>
            ))}
          </span>
        )}
      </div>
      <figcaption title={image.name}>
        <bdi class="name">{toStage(image.name) ?? image.name}</bdi>
        {image.score !== null && <span class="score">{formatScore(image.score)}</span>}
      </figcaption>
    </figure>
  );
}

function ThumbnailPicture({ image, marks, project, run, widthPx, heightPx }: ThumbnailProps) {
  const box = fitBox(toAspect(image) ?? widthPx / heightPx, widthPx, heightPx);
  const size = { width: `${box.width}px`, height: `${box.height}px` };
  if (image.sequence === null) {
    return (
      <div class="failure">
        <span>not in the originals</span>
        <bdi>{image.name}</bdi>
      </div>
    );
  }
  const src = picturePath({ project, run, sequence: image.sequence }, '320');
  const dims = marks.some(({ who }) => who === 'pick');
  return (
    <div class="picture" style={size}>
      <LazyImage src={src} alt={toAlt(image, marks)} />
      {marks.map(
        ({ who, crop }) =>
          crop !== null && (
            <CropOutline key={who} who={who} crop={crop} dims={dims && who === 'pick'} />
          ),
      )}
    </div>
  );
}

const chosenBy = { pick: 'picked', person: 'chosen by the person', compared: 'picked by B' };

function toAlt({ name, score }: GalleryImage, marks: readonly Mark[]): string {
  const parts = [name, ...marks.map(({ who }) => chosenBy[who])];
  if (score !== null) parts.push(`score ${formatScore(score)}`);
  return parts.join(', ');
}
