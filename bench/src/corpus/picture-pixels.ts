import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawPicture } from '@cullstream/examples';
import { preprocess } from '@cullstream/imaging';

/** Groups of pictures of one scene. One picture of each is selected. */
export const GROUP_SIZE = 3;
const GROUPS = 8;

/** File of drawn pictures in the form of the model's input, group after group. Made once. */
export async function makePicturePixels(folder: string): Promise<string> {
  const path = join(folder, 'pixels.bin');
  if (existsSync(path)) return path;
  const images: Uint8Array[] = [];
  for (let index = 0; index < GROUPS * GROUP_SIZE; index++) {
    const [scene, variant] = [Math.floor(index / GROUP_SIZE), index % GROUP_SIZE];
    const size = { widthPx: 640, heightPx: 800 };
    const picture = await drawPicture({ scene, variant, ...size, format: 'png' });
    images.push((await preprocess(picture, 'exact')).pixels);
  }
  await writeFile(`${path}.unfinished`, Buffer.concat(images));
  await rename(`${path}.unfinished`, path);
  return path;
}
