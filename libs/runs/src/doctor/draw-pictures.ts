import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawPicture, type Picture } from '@cullstream/examples';

/** 3.8 megapixels on average, most of them PNG. */
const sizes: readonly (readonly [sidePx: number, format: Picture['format']])[] = [
  [1_024, 'png'],
  [2_048, 'png'],
  [1_536, 'png'],
  [3_072, 'png'],
  [2_048, 'jpeg'],
  [1_024, 'png'],
];

/**
 * Draws pictures of realistic sizes into a folder.
 * @returns their files
 */
export async function drawPictures(folder: string): Promise<string[]> {
  return Promise.all(
    sizes.map(async ([sidePx, format], scene) => {
      const picture = { scene, variant: 0, widthPx: sidePx, heightPx: sidePx, format };
      const path = join(folder, `${scene}.${format}`);
      await writeFile(path, await drawPicture(picture));
      return path;
    }),
  );
}
