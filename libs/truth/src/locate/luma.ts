import type { RgbImage } from '@cullstream/imaging';
import sharp from 'sharp';

/** Brightness of each pixel, [heightPx][widthPx], 0 to 255. */
export interface Luma {
  readonly values: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Luma of Rec. 601 in whole numbers. */
export function toLuma({ pixels, widthPx, heightPx }: RgbImage): Luma {
  const values = new Uint8Array(widthPx * heightPx);
  for (let to = 0, from = 0; to < values.length; to++, from += 3) {
    const [red = 0, green = 0, blue = 0] = [pixels[from], pixels[from + 1], pixels[from + 2]];
    values[to] = (77 * red + 150 * green + 29 * blue + 128) >> 8;
  }
  return { values, widthPx, heightPx };
}

/** Resamples a picture with sharp; returns the same picture if it has that size already. */
export async function resizeLuma(luma: Luma, widthPx: number, heightPx: number): Promise<Luma> {
  if (luma.widthPx === widthPx && luma.heightPx === heightPx) return luma;
  const raw = { width: luma.widthPx, height: luma.heightPx, channels: 1 } as const;
  const values = await sharp(luma.values, { raw })
    .resize(widthPx, heightPx, { fit: 'fill', kernel: 'cubic' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  return { values, widthPx, heightPx };
}
