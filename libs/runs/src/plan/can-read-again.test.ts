import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalogue } from '@cullstream/catalog';
import type { FailureReason } from '@cullstream/contracts';
import { readRuns } from '@cullstream/store';
import { describe, expect, it } from 'vitest';
import { failedImage, predictedImages } from '../../../store/src/testing/image-results.js';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import { canReadAgain } from './can-read-again.js';

const RUN = '20260131T094500Z-aaaa';

/** Whether a run is worth it in which some of 40 images failed for a reason; images are files. */
async function canRead(data: DataFolder, failed: number, reason: FailureReason, there: string[]) {
  const images = predictedImages({ run: RUN, groupSizes: [], ungrouped: 40 });
  const database = await data.store(
    images.map((image, at) => (at < failed ? { ...failedImage(image), reason } : image)),
  );
  for (const name of there) utimesSync(data.write(`originals/${name}`, 'abcd'), 0, 0);
  const source = (at: number) => ({ kind: 'file', path: `${at}.png`, size: 4, modifiedMs: 0 });
  const catalogue = { images: images.map((_image, at) => ({ source: source(at) })) };
  const [run] = readRuns(database.path, 'dalia');
  if (run === undefined) throw new Error('it was stored');
  const originals = join(data.path, 'originals');
  return canReadAgain(run, database.path, catalogue as unknown as Catalogue, originals);
}

describe('a run whose images could not be read', () => {
  it('is not worth it where none failed, or for another reason than its source', async () => {
    using data = createDataFolder();
    expect(await canRead(data, 0, 'file-missing', ['0.png'])).toBe(false);
    using other = createDataFolder();
    expect(await canRead(other, 2, 'image-truncated', ['0.png', '1.png'])).toBe(false);
  });

  it('is worth it as soon as one of them can be read', async () => {
    using data = createDataFolder();
    expect(await canRead(data, 3, 'file-missing', ['2.png'])).toBe(true);
    using other = createDataFolder();
    expect(await canRead(other, 3, 'file-missing', ['3.png'])).toBe(false);
  });

  it('is tried by a sample over all of them, where there are many', async () => {
    using data = createDataFolder();
    expect(await canRead(data, 40, 'file-missing', ['38.png', '39.png'])).toBe(true);
  });
});
