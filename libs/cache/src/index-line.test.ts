import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeIndexLine, parseIndexLine, type IndexLine } from './index-line.js';

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
};

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
        '"run":"20260131T094500Z-k3x9","origin":"computed"}\n',
    );
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
    const fields: unknown = JSON.parse(encodeIndexLine(example));
    expect(parseIndexLine(JSON.stringify(Object.assign({}, fields, change)))).toBeUndefined();
  });

  it.each(['', 'null', '[]', '7', '"x"', '{}', '\0\0\0'])('is nothing for %j', (text) => {
    expect(parseIndexLine(text)).toBeUndefined();
  });
});
