import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { groupImages, sortImages } from '@cullstream/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toExampleCatalogue } from './example-catalogue.js';
import { writeExampleOriginals, type ExampleOriginals } from './example-originals.js';
import { createTempDir, hashTree, type TempDir } from '@cullstream/testing';

describe('the example catalogue', () => {
  it.each([1, 2, 3])('has the groups of its layout, whatever the seed (%d)', (seed) => {
    const sizes = toExampleCatalogue(seed, 1).map(({ images }) =>
      groupImages(sortImages(images), { minGroupSize: 2 }).map((group) => group.length),
    );
    expect(sizes).toEqual([
      [2, 4, 2, 4, 3],
      [3, 2, 4, 2, 3, 4],
      [4, 2, 3, 3],
      [2, 3, 4, 2, 4],
    ]);
  });

  it('draws other scenes from another seed', () => {
    expect(toExampleCatalogue(1, 1)).not.toEqual(toExampleCatalogue(2, 1));
  });
});

describe('the example originals', () => {
  const options = { seed: 7, scale: 0.25, withDamaged: true };
  let first: TempDir;
  let second: TempDir;
  let written: ExampleOriginals;

  beforeAll(async () => {
    first = await createTempDir('originals');
    second = await createTempDir('originals');
    written = await writeExampleOriginals({ dir: first.path, ...options });
    await writeExampleOriginals({ dir: second.path, ...options });
  });
  afterAll(async () => {
    await first.remove();
    await second.remove();
  });

  it('are three archives and a folder', () => {
    expect(readdirSync(first.path).sort()).toEqual([
      'Winter Garden.zip',
      'aurora.zip',
      'harbour-0919.zip',
      'meadow',
    ]);
    expect(written.images).toBe(64);
    expect(written.projects.map(({ images }) => images)).toEqual([15, 18, 16, 15]);
  });

  it('are the same bytes and times from the same seed', async () => {
    expect(await hashTree(second.path)).toEqual(await hashTree(first.path));
  });

  it('are images of the sizes and formats that their names say', async () => {
    const folder = join(first.path, 'meadow');
    const images = toExampleCatalogue(7, 0.25).find(({ source }) => source === 'meadow')?.images;
    for (const { name, picture } of images ?? []) {
      const { format, width, height } = await sharp(readFileSync(join(folder, name))).metadata();
      expect({ format, width, height }).toEqual({
        format: picture.format,
        width: picture.widthPx,
        height: picture.heightPx,
      });
    }
  });

  it('name the images that are damaged', () => {
    expect(written.projects.flatMap(({ damaged }) => damaged)).toEqual([
      expect.stringMatching(/^harbour\/20250703_120000_stage1_generated\.(png|jpg)$/),
      'harbour/20250703_120030_stage2_upscaled.png',
    ]);
  });
});
