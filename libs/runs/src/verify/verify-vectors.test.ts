import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failedImage, predictedImages } from '../../../store/src/testing/image-results.js';
import { createDataFolder } from '../testing/data-folder.js';
import { keepVectors } from '../testing/keep-vectors.js';
import { verify } from '../testing/proven-project.js';

const images = predictedImages({ groupSizes: [2, 2], ungrouped: 1 });

describe('the proof of the vectors of a project', () => {
  it('says which vectors are missing, and which the index does not know', async () => {
    using data = createDataFolder();
    await keepVectors(data.path, images.slice(2));
    const [, , third, fourth] = images;
    const folder = join(data.path, 'ai_data/embeddings');
    const hashes = [third, fourth].map((image) => image?.contentSha256.slice(0, 16) ?? '');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const [gone, damaged] = hashes.map((hash) =>
      join(folder, files.find((file) => file.includes(hash)) ?? ''),
    );
    rmSync(gone ?? '');
    const bytes = readFileSync(damaged ?? '');
    bytes[bytes.length - 1] = 1;
    writeFileSync(damaged ?? '', bytes);
    const database = await data.store(images);
    const proof = await verify(data, database);
    expect(proof).toMatchObject({
      vectorsChecked: 5,
      gaps: [
        '4 cached vectors missing or damaged: ' +
          'image_000000.png, image_000001.png, image_000002.png, image_000003.png',
      ],
      repairable: { withoutVector: [0, 1, 2, 3] },
    });
  });

  it('says which images the index knows no more, whose vectors are there', async () => {
    using data = createDataFolder();
    const renamed = images.map((image, index) => ({
      ...image,
      image: index === 3 ? 'other.png' : image.image,
    }));
    await keepVectors(data.path, renamed);
    const database = await data.store(images);
    expect(await verify(data, database)).toMatchObject({
      gaps: ['1 image not in the cache index any more: image_000003.png'],
      repairable: { withoutVector: [3] },
    });
  });

  it('names five images of more', async () => {
    using data = createDataFolder();
    const seven = predictedImages({ groupSizes: [], ungrouped: 7 });
    const { gaps } = await verify(data, await data.store(seven));
    expect(gaps).toEqual([expect.stringMatching(/^7 cached .*image_000004\.png and 2 more$/)]);
  });

  it('looks at a sample of the vectors where one is wanted', async () => {
    using data = createDataFolder();
    const database = await data.store(images);
    const proof = await verify(data, database, { sample: 2 });
    expect(proof).toMatchObject({
      vectorsChecked: 2,
      gaps: ['2 cached vectors missing or damaged: image_000002.png, image_000004.png'],
    });
  });

  it('asks no cache of a run of which every image failed', async () => {
    using data = createDataFolder();
    const database = await data.store(images.map((image) => failedImage(image)));
    expect(await verify(data, database)).toMatchObject({
      failed: 5,
      failedGroups: 2,
      vectorsChecked: 0,
      embeddingRecipe: null,
      predictionRecipe: null,
      gaps: [],
      notes: [],
    });
  });
});
