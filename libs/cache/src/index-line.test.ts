import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeIndexLine, hasValidChecksum, parseIndexLine, type IndexLine } from './index-line.js';

const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
const hexDigit = fc.nat(15).map((value) => value.toString(16));
const digest = (length: number) =>
  fc.string({ unit: hexDigit, minLength: length, maxLength: length });
const place = { project: name, entry: name, size: fc.nat() };
const lines: fc.Arbitrary<IndexLine> = fc.record({
  alias: fc.oneof(
    fc.record({ ...place, crc32: fc.integer({ min: 0, max: 0xffffffff }) }),
    fc.record({
      ...place,
      modifiedMs: fc.double({ min: 0, max: 4e12, noNaN: true }).map(Math.abs),
    }),
  ),
  sha256: digest(64),
  recipeId: digest(16),
  widthPx: fc.integer({ min: 1, max: 60_000 }),
  heightPx: fc.integer({ min: 1, max: 60_000 }),
  run: name,
  origin: fc.constantFrom('computed', 'cached', 'legacy'),
  embeddingFile: name,
  vectorCrc32: fc.integer({ min: 0, max: 0xffffffff }),
});

const example: IndexLine = {
  alias: { project: 'dalia', entry: 'a/b.png', size: 7, crc32: 9 },
  sha256: '0123456789abcdef'.repeat(4),
  recipeId: 'fedcba9876543210',
  widthPx: 640,
  heightPx: 480,
  run: '20260131T094500Z-k3x9',
  origin: 'computed',
  embeddingFile: 'data/ai_data/embeddings/0123456789abcdef.npy',
  vectorCrc32: 3735928559,
};
/** A line of the form that had no checksums. */
const unchecked = encodeIndexLine({ ...example, vectorCrc32: undefined }).trimEnd();

describe('a line of the index', () => {
  it('is one line and comes back as it was, whatever the names', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const text = encodeIndexLine(line);
        expect(text.indexOf('\n')).toBe(text.length - 1);
        expect(parseIndexLine(text)).toEqual(line);
      }),
    );
  });

  it('begins with the keys of the older tool', () => {
    expect(encodeIndexLine(example)).toBe(
      '{"image_path":"dalia/a/b.png",' +
        '"embedding_file":"data/ai_data/embeddings/0123456789abcdef.npy",' +
        '"hash":"0123456789abcdef",' +
        `"sha256":"${'0123456789abcdef'.repeat(4)}",` +
        '"recipe":"fedcba9876543210","width":640,"height":480,' +
        '"project":"dalia","entry":"a/b.png","size":7,"crc32":9,' +
        '"run":"20260131T094500Z-k3x9","origin":"computed",' +
        // Python: '%08x' % zlib.crc32(everything before this key's comma)
        '"vector_crc32":3735928559,"line_crc32":"e2d17d73"}\n',
    );
  });

  it('is nothing once any of its bytes is another', () => {
    const bytes = Buffer.from(encodeIndexLine(example).trimEnd());
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [0x01, 0x02, 0x10, 0x20, 0x80, 0xff]) {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ mask;
        const line = parseIndexLine(damaged.toString('utf8'));
        // Other bytes may mean the same in JSON: then the line must mean the same.
        if (line !== undefined) expect([at, mask, line]).toEqual([at, mask, example]);
      }
    }
  });

  it.each([
    ['a width', { width: 641 }],
    ['a digest', { sha256: '0123456789abcdef'.repeat(3) + 'f'.repeat(16) }],
    ['the checksum of its vector', { vector_crc32: 1 }],
    ['no checksum of its vector', { vector_crc32: undefined }],
    ['no checksum of its own', { line_crc32: undefined }],
    ['no recipe', { recipe: undefined }],
  ])('is nothing with %s that it was not written with', (_what, change) => {
    const fields: unknown = JSON.parse(encodeIndexLine(example));
    expect(parseIndexLine(JSON.stringify(Object.assign({}, fields, change)))).toBeUndefined();
  });

  it('may be written in another way, with keys beside its own', () => {
    const fields: unknown = JSON.parse(encodeIndexLine(example));
    const text = JSON.stringify(Object.assign({ note: 'mine' }, fields), undefined, 1);
    expect(parseIndexLine(text)).toEqual(example);
  });

  it('of before there were checksums is one still, as far as it agrees with itself', () => {
    expect(parseIndexLine(unchecked)).toEqual({ ...example, vectorCrc32: undefined });
    for (const [from, to] of [
      ['"hash":"0', '"hash":"1'],
      ['"sha256":"0', '"sha256":"1'],
      ['dalia/a', 'dalib/a'],
      ['"entry":"a', '"entry":"b'],
      ['embeddings/0', 'embeddings/1'],
      ['"run"', '"rum"'],
      ['"recipe"', '"recipf"'],
    ] as const) {
      expect([to, parseIndexLine(unchecked.replace(from, to))]).toEqual([to, undefined]);
    }
  });

  it('is nothing when it is cut anywhere', () => {
    fc.assert(
      fc.property(lines, fc.double({ min: 0, max: 1, noNaN: true }), (line, part) => {
        const text = encodeIndexLine(line).trimEnd();
        const cut = text.slice(0, Math.min(text.length - 1, Math.floor(text.length * part)));
        expect(parseIndexLine(cut)).toBeUndefined();
      }),
    );
  });

  it('is found behind a torn one that has no line feed', () => {
    fc.assert(
      fc.property(lines, lines, fc.nat(400), (torn, whole, cut) => {
        const text = encodeIndexLine(torn).trimEnd();
        const piece = text.slice(0, Math.min(cut, text.length - 1));
        expect(parseIndexLine(piece + encodeIndexLine(whole))).toEqual(whole);
      }),
    );
  });

  it('of the older tool has an image and a file only', () => {
    expect(
      parseIndexLine('{"image_path": "/x/dalia/a.png", "embedding_file": "e.npy", "hash": "ab"}'),
    ).toEqual({ imagePath: '/x/dalia/a.png', embeddingFile: 'e.npy' });
  });

  it.each([
    ['a digest of another length', { sha256: 'abc' }],
    ['no width', { width: 0 }],
    ['a recipe that is no text', { recipe: 7 }],
    ['an unknown origin', { origin: 'guessed' }],
    ['neither CRC nor time', { crc32: null }],
  ])('is nothing with %s', (_what, change) => {
    const fields: unknown = JSON.parse(unchecked);
    expect(parseIndexLine(JSON.stringify(Object.assign({}, fields, change)))).toBeUndefined();
  });

  it.each(['', 'null', '[]', '7', '"x"', '{}', '\0\0\0'])('is nothing for %j', (text) => {
    expect(parseIndexLine(text)).toBeUndefined();
  });
});

describe('the checksum of a line', () => {
  const line = encodeIndexLine(example).trimEnd();

  it('vouches for the line byte for byte', () => {
    expect(hasValidChecksum(line)).toBe(true);
    expect(hasValidChecksum(line.replace('"width":640', '"width":641'))).toBe(false);
    expect(hasValidChecksum(`${line} `)).toBe(false);
  });

  it('is not one of a line of before there were checksums, nor of an end alone', () => {
    expect(hasValidChecksum(unchecked)).toBe(false);
    expect(hasValidChecksum('')).toBe(false);
    const end = /,"line_crc32".*$/.exec(line)?.[0] ?? '';
    expect(end).toHaveLength(25);
    expect(hasValidChecksum(end)).toBe(false);
  });
});
