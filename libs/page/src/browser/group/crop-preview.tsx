import type { CropBox } from '@cullstream/contracts/web';
import { picturePath, type PictureName } from '../api/paths.js';
import { isInverted, toPreview, type SizePx } from '../geometry/crop-box.js';

interface CropPreviewProps {
  readonly crop: CropBox;
  readonly picture: PictureName;
  readonly size: SizePx;
  readonly alt: string;
}

/** Shows the part of an image that a crop keeps. */
export function CropPreview({ crop, picture, size, alt }: CropPreviewProps) {
  if (isInverted(crop)) return null;
  const [x1, y1, x2, y2] = crop;
  const width = (x2 - x1) * size.widthPx;
  const height = (y2 - y1) * size.heightPx;
  const style = { aspectRatio: `${width} / ${height}`, '--aspect': String(width / height) };
  return (
    <div class="preview" style={style}>
      <img src={picturePath(picture, '1600')} alt={alt} style={toPreview(crop)} draggable={false} />
    </div>
  );
}
