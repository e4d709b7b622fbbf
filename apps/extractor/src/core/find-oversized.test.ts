import { decodeEvent, encodeEvent } from '@cullstream/contracts';
import type { Catalogue, CatalogueImage } from '@cullstream/catalog';
import { describe, expect, it } from 'vitest';
import { findOversized } from './find-oversized.js';
import { toImageFound } from './to-image-found.js';
import { toOversized } from './to-oversized.js';

const RUN = '20260131T094500Z-k3x9';
const MAX_BYTES = 1_000_000;

/** A row of the user's that lists so many files, of which the source holds two, and an image alone. */
function catalogueOf(listed: number): Catalogue {
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
    expect(findOversized(RUN, catalogueOf(5_000), MAX_BYTES)).toEqual(new Set());
  });

  it('are those of a row that names 30,000 files, and no other', () => {
    expect(findOversized(RUN, catalogueOf(30_000), MAX_BYTES)).toEqual(new Set([0, 2]));
  });

  it('become failures that every broker carries', () => {
    const catalogue = catalogueOf(30_000);
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
});
