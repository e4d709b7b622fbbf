import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Preprocessing } from '@cullstream/contracts';
import { createSourceReader, MAX_IMAGE_BYTES, preprocess } from '@cullstream/imaging';
import { listSample } from '@cullstream/models';
import { drawPictures } from './draw-pictures.js';

/** Images of the user's to measure with. Drawn ones are six. */
const SAMPLE = 24;

export interface ChosenPictures {
  /** Files of encoded images, in the folder. */
  readonly pictures: readonly string[];
  readonly origin: 'your own pictures' | 'drawn pictures';
}

/**
 * Copies a sample of the user's pictures into a folder, or draws some where no originals are named
 * or none of the sample can be decoded.
 * @throws {ConfigurationError} when the originals cannot be read
 */
export async function choosePictures(
  folder: string,
  options: {
    readonly originals?: string | undefined;
    readonly data: string;
    readonly preprocess: Preprocessing;
  },
): Promise<ChosenPictures> {
  const own = options.originals === undefined ? [] : await copySample(folder, options);
  return own.length > 0
    ? { pictures: own, origin: 'your own pictures' }
    : { pictures: await drawPictures(folder), origin: 'drawn pictures' };
}

async function copySample(
  folder: string,
  { originals = '', data, preprocess: mode }: Parameters<typeof choosePictures>[1],
): Promise<string[]> {
  const sample = await listSample({
    ...{ originalsDir: originals, dataDir: data },
    ...{ sample: SAMPLE, minGroupSize: 2 },
  });
  const reader = createSourceReader({ originalsDir: originals, maxBytes: MAX_IMAGE_BYTES });
  const copied: string[] = [];
  try {
    for (const { source } of sample.flat()) {
      const bytes = await reader.read(source).catch(() => undefined);
      if (bytes === undefined) continue;
      const path = join(folder, String(copied.length));
      await writeFile(path, bytes);
      // What cannot be decoded is reported by runs. Here it would end the measurement.
      const isImage = await preprocess(bytes, mode).then(
        () => true,
        () => false,
      );
      if (isImage) copied.push(path);
    }
  } finally {
    await reader.close();
  }
  return copied;
}
