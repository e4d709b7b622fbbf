import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent, encodeEvent, MalformedEventError, toMessageId, toRetryId } from './codec.js';
import type { ImageEmbedded } from './events/image-embedded.js';
import type { ImageFound } from './events/image-found.js';

/**
 * Bytes that an earlier release published. Never change them: stored messages must stay readable.
 */
const fixtures = new URL('../fixtures/v1/', import.meta.url);
/** With the start time of the project, which later releases add. */
const withProjectStart = new URL('../v1-project-start/', fixtures);
const read = (name: string) => new Uint8Array(readFileSync(new URL(name, fixtures)));

const found: ImageFound = {
  v: 1,
  type: 'image.found',
  run: '20260131T094500Z-k3x9',
  project: {
    name: 'Slender Kiara',
    source: 'Slender Kiara.zip',
    catalogue: '0123456789abcdef',
    images: 28,
    groups: 11,
    ungrouped: 1,
  },
  sequence: 3,
  image: 'Slender Kiara/faces/20250703_000128_stage3_enhanced.png',
  source: {
    kind: 'zip-entry',
    archive: 'Slender Kiara.zip',
    entryIndex: 6,
    localHeaderOffset: 190_000,
    method: 8,
    encrypted: false,
    compressedSize: 139_000,
    size: 139_595,
    crc32: 0xdeadbeef,
  },
  group: {
    id: 'Slender Kiara_group_20250703_000023',
    position: 2,
    images: ['a_stage1_generated.png', 'a_stage2_upscaled.png', 'a_stage3_enhanced.png'],
    present: 3,
    origin: 'new',
    directory: 'Slender Kiara.zip/Slender Kiara/faces',
  },
  legacyEmbedding: null,
};

function toEmbedded(vector: Float32Array): ImageEmbedded {
  const { legacyEmbedding, type, ...carried } = found;
  expect([legacyEmbedding, type]).toEqual([null, 'image.found']);
  return {
    ...carried,
    type: 'image.embedded',
    contentSha256: 'ab'.repeat(32),
    widthPx: 640,
    heightPx: 960,
    embeddingRecipe: 'fedcba9876543210',
    origin: 'computed',
    vector,
  };
}

describe('golden events', () => {
  it.each([
    ...readdirSync(fixtures),
    ...readdirSync(withProjectStart).map((name) => `../v1-project-start/${name}`),
  ])('%s is read, and written again as the same bytes', (name) => {
    const bytes = read(name);
    const event = decodeEvent(bytes);
    expect(name.split('/').at(-1)).toBe(`${event.type}.bin`);
    expect(new Uint8Array(encodeEvent(event))).toEqual(bytes);
  });

  it('says when work on a project began', () => {
    const { type, ...event } = decodeEvent(read('../v1-project-start/image.predicted.bin'));
    expect([type, event]).toMatchObject([
      'image.predicted',
      { projectStartedAt: '2026-01-31T09:45:03.250Z' },
    ]);
  });

  it('has one of each type', () => {
    expect(readdirSync(fixtures).sort()).toEqual([
      'image.embedded.bin',
      'image.failed.bin',
      'image.found.bin',
      'image.predicted.bin',
      'project.cataloged.bin',
      'project.completed.bin',
      'project.failed.bin',
      'project.progressed.bin',
    ]);
  });

  it('carries vectors as float32', () => {
    const event = decodeEvent(read('image.embedded.bin')) as ImageEmbedded;
    expect(event.vector).toHaveLength(512);
    expect([...event.vector.slice(0, 3)]).toEqual([0, 0.125, 0.25]);
  });
});

describe('encodeEvent and decodeEvent', () => {
  it('give back any vector bit for bit, wherever the bytes lie in memory', () => {
    const vectors = fc.float32Array({ minLength: 512, maxLength: 512 });
    fc.assert(
      fc.property(vectors, fc.integer({ min: 0, max: 3 }), (vector, offset) => {
        const encoded = encodeEvent(toEmbedded(vector));
        const moved = new Uint8Array(encoded.length + offset);
        moved.set(encoded, offset);
        const decoded = decodeEvent(moved.subarray(offset)) as ImageEmbedded;
        expect(new Uint32Array(decoded.vector.buffer)).toEqual(
          new Uint32Array(vector.slice().buffer),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('give back any name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (image) => {
        expect(decodeEvent(encodeEvent({ ...found, image }))).toEqual({ ...found, image });
      }),
    );
  });

  it('refuse to publish unknown keys', () => {
    const extra = { ...found, colour: 'red' };
    expect(() => encodeEvent(extra)).toThrow(MalformedEventError);
  });

  it('drop unknown keys of newer publishers', () => {
    const newer = Buffer.from(JSON.stringify({ ...found, colour: 'red' }));
    expect(decodeEvent(newer)).toEqual(found);
  });

  it('refuse a vector of another length', () => {
    expect(() => encodeEvent(toEmbedded(new Float32Array(3)))).toThrow(/vector of 3, not 512/);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"type":'],
    ['an unknown type', '{"type":"image.lost"}'],
    ['what every object has for a type', '{"type":"toString"}'],
    ['another version', JSON.stringify({ ...found, v: 2 })],
    ['an embedding without a frame', JSON.stringify({ ...found, type: 'image.embedded' })],
  ])('refuse %s', (_what, text) => {
    expect(() => decodeEvent(Buffer.from(text))).toThrow(MalformedEventError);
  });

  it('never throw anything but MalformedEventError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(() => decodeEvent(bytes)).toThrow(MalformedEventError);
      }),
    );
  });
});

it('gives one message id to one fact, with the run in it', () => {
  expect(toMessageId(found)).toBe('20260131T094500Z-k3x9/Slender Kiara/3/image.found');
});

it('hands the mark of a retry on to what comes of it', () => {
  const retried = toRetryId(toMessageId(found), '0a1b');
  expect(retried).toBe('20260131T094500Z-k3x9/Slender Kiara/3/image.found/retry-0a1b');
  expect(toMessageId(toEmbedded(new Float32Array(512)), retried)).toBe(
    '20260131T094500Z-k3x9/Slender Kiara/3/image.embedded/retry-0a1b',
  );
});
