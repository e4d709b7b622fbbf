import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { drawPicture, writeZip, type Picture, type ZipEntry } from '@cullstream/examples';
import { imageNameAt } from './image-names.js';
import { withNote } from './with-note.js';

/**
 * Sizes and formats, used in turn: 3.4 megapixels on average, most of them PNG, as in a real
 * archive.
 */
const mix: readonly Pick<Picture, 'widthPx' | 'heightPx' | 'format'>[] = [
  { widthPx: 1_024, heightPx: 1_024, format: 'png' },
  { widthPx: 1_536, heightPx: 1_536, format: 'png' },
  { widthPx: 2_048, heightPx: 2_048, format: 'png' },
  { widthPx: 2_048, heightPx: 2_048, format: 'jpeg' },
  { widthPx: 3_072, heightPx: 3_072, format: 'png' },
  { widthPx: 1_024, heightPx: 1_024, format: 'png' },
  { widthPx: 2_048, heightPx: 2_048, format: 'png' },
  { widthPx: 1_536, heightPx: 1_536, format: 'png' },
];

export interface PictureArchiveOptions {
  /** Factor on width and height. Default: 1. */
  readonly scale?: number;
  /** Whether entries are deflated. Default: they are stored. */
  readonly isDeflated?: boolean;
}

/**
 * One archive with this number of pictures below a folder, made once. Eight scenes are drawn. A
 * note in each file makes its bytes unique, so that each has its own vector file.
 * @returns the folder of originals
 */
export async function makePictureArchive(
  folder: string,
  images: number,
  { scale = 1, isDeflated = false }: PictureArchiveOptions = {},
): Promise<string> {
  const kind = `${scale === 1 ? '' : `-${scale}`}${isDeflated ? '-deflated' : ''}`;
  const place = join(folder, `pictures-${images}${kind}`);
  if (existsSync(place)) return place;
  const unfinished = `${place}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const scenes = await Promise.all(
    mix.map(async (picture, scene) => ({
      format: picture.format,
      bytes: await drawPicture({
        ...picture,
        widthPx: picture.widthPx * scale,
        heightPx: picture.heightPx * scale,
        scene,
        variant: 0,
      }),
    })),
  );
  const entries: ZipEntry[] = [];
  for (let index = 0; index < images; index++) {
    const scene = scenes[index % scenes.length];
    if (scene === undefined) continue;
    const name = imageNameAt(index).replace(/png$/, scene.format === 'png' ? 'png' : 'jpg');
    entries.push({ name, bytes: withNote(scene.bytes, scene.format, `copy ${index}`) });
  }
  await writeZip(join(unfinished, 'pictures.zip'), entries, { stored: !isDeflated });
  await rename(unfinished, place);
  return place;
}
