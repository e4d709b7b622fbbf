import type { RgbImage } from '@cullstream/imaging';
import sharp from 'sharp';

/** The orientation of EXIF, 1 (not turned) to 8: how programs turn the stored pixels for display. */
export type Orientation = number;

const AS_STORED: Orientation = 1;
/** Turns to the left and to the right undo each other; all others undo themselves. */
const undoing: Readonly<Record<Orientation, Orientation>> = { 6: 8, 8: 6 };

/** The orientation of an image; 1 if it has no tag or the tag cannot be read. */
export async function readOrientation(bytes: Uint8Array): Promise<Orientation> {
  try {
    const { orientation } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return orientation ?? AS_STORED;
  } catch {
    return AS_STORED;
  }
}

/**
 * Turns a finished image so that it can be compared with the stored pixels of its original, to which crop
 * boxes refer. Programs may display both images turned.
 * @returns undefined if the finished image need not be turned
 */
export function turnLike(
  final: RgbImage,
  ofFinal: Orientation,
  ofOriginal: Orientation,
): RgbImage | undefined {
  if (ofFinal === ofOriginal) return undefined;
  return turn(turn(final, ofFinal), undoing[ofOriginal] ?? ofOriginal);
}

/** Turns stored pixels by an orientation, as programs do for display. */
function turn(image: RgbImage, orientation: Orientation): RgbImage {
  if (orientation === AS_STORED) return image;
  const isSwapped = orientation >= 5;
  const isFlippedX = [2, 3, 7, 8].includes(orientation);
  const isFlippedY = [3, 4, 6, 7].includes(orientation);
  const widthPx = isSwapped ? image.heightPx : image.widthPx;
  const heightPx = isSwapped ? image.widthPx : image.heightPx;
  const pixels = new Uint8Array(image.pixels.length);
  for (let y = 0, to = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, to += 3) {
      const [across, down] = isSwapped ? [y, x] : [x, y];
      const column = isFlippedX ? image.widthPx - 1 - across : across;
      const row = isFlippedY ? image.heightPx - 1 - down : down;
      const from = (row * image.widthPx + column) * 3;
      pixels[to] = image.pixels[from] ?? 0;
      pixels[to + 1] = image.pixels[from + 1] ?? 0;
      pixels[to + 2] = image.pixels[from + 2] ?? 0;
    }
  }
  return { pixels, widthPx, heightPx };
}
