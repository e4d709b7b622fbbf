import { describe, expect, it } from 'vitest';
import { encodeIndexLine, hasChecksum, parseIndexLine, splitTornLine } from './index-line.js';

const line = {
  alias: { project: 'dalia', entry: 'a.png', size: 7, crc32: 9 },
  sha256: '0123456789abcdef'.repeat(4),
  recipeId: 'fedcba9876543210',
  ...{ widthPx: 640, heightPx: 480, run: 'r', origin: 'computed' as const },
  embeddingFile: 'data/ai_data/embeddings/0123456789abcdef.npy',
  vectorCrc32: 5,
};
const fields = JSON.parse(encodeIndexLine(line)) as Record<string, unknown>;
/** Parses a line as if its checksum had been found to be right. */
const parse = (changes: object) => parseIndexLine(JSON.stringify({ ...fields, ...changes }), true);

describe('the fields of a line', () => {
  it('are taken as they are', () => {
    expect(parse({})).toEqual(line);
    const alias = { project: 'dalia', entry: 'a.png', size: 0, modifiedMs: 1.5 };
    expect(parse({ crc32: undefined, modified_ms: 1.5, size: 0 })).toEqual({ ...line, alias });
  });

  it.each([
    ...[{ width: 0 }, { width: -1 }, { width: 1.5 }, { width: '640' }, { width: undefined }],
    ...[{ height: 0 }, { height: -1 }, { height: 1.5 }, { height: '480' }, { height: null }],
    ...[{ sha256: 7 }, { sha256: `${line.sha256}0` }, { sha256: `0${line.sha256}` }],
    ...[{ sha256: [line.sha256] }, { sha256: line.sha256.toUpperCase() }],
    ...[{ recipe: 7 }, { run: 7 }, { origin: 'stolen' }, { embedding_file: 7 }],
    ...[{ vector_crc32: -1 }, { vector_crc32: '5' }, { vector_crc32: 0.5 }],
    ...[{ project: 7 }, { entry: 7 }, { size: '7' }, { size: -1 }],
    ...[{ crc32: '9' }, { crc32: undefined, modified_ms: '9' }],
  ])('are none with %j', (changes) => {
    expect(parse(changes)).toBeUndefined();
  });

  it.each([{ image_path: 7 }, { embedding_file: 7 }, { image_path: undefined }])(
    'of the older tool are none with %j',
    (changes) => {
      const older = { image_path: 'dalia/a.png', embedding_file: 'a.npy' };
      expect(parseIndexLine(JSON.stringify(older))).toEqual({
        ...{ imagePath: 'dalia/a.png', embeddingFile: 'a.npy' },
      });
      expect(parseIndexLine(JSON.stringify({ ...older, ...changes }))).toBeUndefined();
    },
  );
});

it('what only lines with checksums hold is their end or their key', () => {
  const text = encodeIndexLine(line);
  expect(hasChecksum(text)).toBe(true);
  expect(hasChecksum('"vector_crc32"')).toBe(true);
  expect(hasChecksum('"line_crc32"')).toBe(true);
  expect(hasChecksum(encodeIndexLine({ ...line, vectorCrc32: undefined }))).toBe(false);
});

it('a torn line stands in front of the whole one', () => {
  expect(splitTornLine('{"image_path":"a{"image_path":"b"}')).toEqual([
    ...['{"image_path":"a', '{"image_path":"b"}'],
  ]);
  expect(splitTornLine('{"image_path":"b"}')).toEqual(['', '{"image_path":"b"}']);
  expect(splitTornLine('no line')).toEqual(['', 'no line']);
});
