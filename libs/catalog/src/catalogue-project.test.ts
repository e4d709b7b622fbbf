import type { ImageSource } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { catalogueProject } from './catalogue-project.js';
import { matchLegacy } from './match-legacy.js';

const project = { name: 'Kiara', source: 'Slender Kiara.zip' };
const options = { minGroupSize: 2 };

const sourceAt = (entryIndex: number): ImageSource => ({
  kind: 'zip-entry',
  archive: project.source,
  entryIndex,
  localHeaderOffset: entryIndex * 1_000,
  method: 8,
  encrypted: false,
  compressedSize: 900,
  size: 1_000,
  crc32: entryIndex,
});

const images = [
  'faces/20250703_000124_stage2_upscaled.png',
  'faces/20250703_000023_stage1_generated.png',
  'faces/20250703_000323_stage1_generated.png',
  'faces/20250703_000424_stage2_upscaled.png',
  'lonely.png',
].map((name, index) => ({ name, source: sourceAt(index) }));

describe('catalogueProject', () => {
  it('orders images, groups them and counts what is left over', () => {
    const { totals, images: ordered } = catalogueProject(project, images, [], options);
    expect(totals).toMatchObject({ name: 'Kiara', images: 5, groups: 2, ungrouped: 1 });
    expect(ordered.map(({ sequence, group }) => [sequence, group?.id, group?.position])).toEqual([
      [0, 'Kiara_group_20250703_000023', 0],
      [1, 'Kiara_group_20250703_000023', 1],
      [2, 'Kiara_group_20250703_000323', 0],
      [3, 'Kiara_group_20250703_000323', 1],
      [4, undefined, undefined],
    ]);
    expect(ordered[0]?.group).toMatchObject({
      images: ['20250703_000023_stage1_generated.png', '20250703_000124_stage2_upscaled.png'],
      present: 2,
      origin: 'new',
      directory: 'Slender Kiara.zip/faces',
    });
  });

  it('keeps id, order and length of a row that the user’s database has', () => {
    const row = {
      groupId: 'row-7',
      images: ['gone.png', 'lonely.png', '20250703_000323_stage1_generated.png'],
    };
    const { totals, images: ordered, warnings } = catalogueProject(project, images, [row], options);
    expect(totals).toMatchObject({ groups: 2, ungrouped: 1 });
    expect(ordered[4]?.group).toMatchObject({ id: 'row-7', position: 1, present: 2 });
    expect(ordered[4]?.group?.images).toEqual(row.images);
    expect(warnings).toEqual(['the existing database names 1 image that the source does not hold']);
  });

  it('has another digest as soon as one image differs', () => {
    const toDigest = (list: typeof images) =>
      catalogueProject(project, list, [], options).totals.catalogue;
    const changed = images.map((image, index) =>
      index === 2 ? { ...image, source: { ...image.source, size: 1_001 } } : image,
    );
    expect(toDigest([...images].reverse())).toBe(toDigest(images));
    expect(toDigest(changed)).not.toBe(toDigest(images));
  });
});

describe('matchLegacy', () => {
  it('asks by the names of the project and leaves out base names that repeat', () => {
    const twice = [...images, { name: 'other/lonely.png', source: sourceAt(9) }];
    const catalogue = catalogueProject(project, twice, [], options);
    const asked: string[] = [];
    const matches = matchLegacy(catalogue, (names, fileName) => {
      asked.push(`${names.join('|')}: ${fileName}`);
      return fileName.includes('stage2') ? `ai_data/embeddings/${fileName}.npy` : undefined;
    });
    expect(asked).toContain('Kiara|Slender Kiara: 20250703_000124_stage2_upscaled.png');
    expect(asked.some((question) => question.includes('lonely'))).toBe(false);
    expect([...matches.keys()]).toEqual([1, 3]);
  });
});
