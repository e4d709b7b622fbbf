import { decodeEvent, encodeEvent } from '@cullstream/contracts';
import type { Catalogue, CatalogueImage } from '@cullstream/catalog';
import { describe, expect, it } from 'vitest';
import { findOversized } from './find-oversized.js';
import { toImageFound } from './to-image-found.js';
import { toOversized } from './to-oversized.js';

const RUN = '20260131T094500Z-k3x9';
const MAX_BYTES = 1_000_000;

/** A row of the user's database that lists so many files, two of which exist, and an ungrouped image. */
function makeCatalogue(listed: number): Catalogue {
  const names = Array.from(
    { length: listed },
    (_unused, index) => `the picture of the landscape number ${index}.png`,
  );
  const group = {
    id: 'g1',
    images: names,
    present: 2,
    origin: 'existing' as const,
    directory: 'p',
  };
  const source = (path: string) => ({ kind: 'file' as const, path, size: 1, modifiedMs: 0 });
  const image = (name: string, sequence: number, of: CatalogueImage['group']): CatalogueImage => ({
    ...{ name, sequence, group: of, source: source(`p/${name}`) },
  });
  return {
    totals: {
      ...{ name: 'p', source: 'p', catalogue: '0123456789abcdef' },
      ...{ images: 3, groups: 1, ungrouped: 1 },
    },
    images: [
      image(names[0] ?? '', 0, { ...group, position: 0 }),
      image('alone.png', 1, null),
      image(names[1] ?? '', 2, { ...group, position: 1 }),
    ],
    warnings: [],
  };
}

describe('images whose event the broker cannot carry', () => {
  it('are none in rows of a sane length', () => {
    expect(findOversized(RUN, makeCatalogue(5_000), MAX_BYTES)).toEqual(new Set());
  });

  it('are those of a row that names 30,000 files, and no other', () => {
    expect(findOversized(RUN, makeCatalogue(30_000), MAX_BYTES)).toEqual(new Set([0, 2]));
  });

  it('become failures that every broker carries', () => {
    const catalogue = makeCatalogue(30_000);
    const [first] = catalogue.images as [CatalogueImage];
    const failed = toOversized(toImageFound(RUN, catalogue, first, null), MAX_BYTES);
    const bytes = encodeEvent(failed);
    expect(bytes.length).toBeLessThan(4_096);
    expect(decodeEvent(bytes)).toMatchObject({
      type: 'image.failed',
      reason: 'event-too-large',
      group: { id: 'g1', present: 2 },
    });
  });

  it('are those alone whose own name is too long', () => {
    const catalogue = makeCatalogue(2);
    const [first, alone, last] = catalogue.images as [
      CatalogueImage,
      CatalogueImage,
      CatalogueImage,
    ];
    const long = { ...alone, name: 'n'.repeat(8_000) };
    const images = [first, long, last];
    expect(findOversized(RUN, { ...catalogue, images }, 12_000)).toEqual(new Set([1]));
  });

  it('are those whose bytes are too many, to the byte', () => {
    const catalogue = makeCatalogue(5);
    const [first] = catalogue.images as [CatalogueImage];
    const bytes = encodeEvent(toImageFound(RUN, catalogue, first, null)).length;
    const others = 4 * 1024;
    const { images } = catalogue;
    const only = { ...catalogue, images: [first, ...images.slice(1, 2)] };
    expect(findOversized(RUN, only, bytes + others)).toEqual(new Set());
    expect(findOversized(RUN, only, bytes + others - 1)).toEqual(new Set([0]));
  });

  it('say what to do, and keep the start of long names', () => {
    const catalogue = makeCatalogue(3);
    const [first, alone] = catalogue.images as [CatalogueImage, CatalogueImage];
    const long = 'n'.repeat(600);
    const group = { ...first.group, images: [long, 'b.png'], directory: long };
    const event = toImageFound(
      RUN,
      catalogue,
      { ...first, name: long, group } as CatalogueImage,
      null,
    );
    const failed = toOversized(event, MAX_BYTES);
    const kept = 'n'.repeat(500);
    expect(failed).toMatchObject({ image: kept, group: { images: [kept], directory: kept } });
    expect(failed.message).toContain('names the 2 images of its group');
    expect(failed.message).toContain(
      '1000000 bytes the broker takes: shorten the row or the names',
    );
    const single = toOversized(toImageFound(RUN, catalogue, alone, null), MAX_BYTES);
    expect(single.message).toContain('names the 1 images');
    expect(single.group).toBeNull();
  });
});
