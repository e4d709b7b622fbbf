import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { makeNoise } from '../../tests/make-noise.js';
import { pngChunk } from '../../tests/make-png.js';
import { decodePng } from './decode-png.js';
import { inflateAsPillow } from './inflate-as-pillow.js';

interface Parts {
  readonly depth: number;
  readonly colour: number;
  readonly width?: number;
  readonly height?: number;
  readonly isInterlaced?: boolean;
  /** Rows with their filters. */
  readonly rows: readonly number[];
  readonly palette?: readonly number[];
  readonly tRNS?: readonly number[];
  /** Changes the zlib stream. */
  readonly change?: (stream: Buffer) => Buffer;
}

function png(parts: Parts): Buffer {
  const { depth, colour, width = 1, height = 1, palette, tRNS, change = (z: Buffer) => z } = parts;
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, depth, colour, 0, 0, 0]);
  header[12] = parts.isInterlaced === true ? 1 : 0;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    ...(palette ? [pngChunk('PLTE', Buffer.from(palette))] : []),
    ...(tRNS ? [pngChunk('tRNS', Buffer.from(tRNS))] : []),
    pngChunk('IDAT', change(deflateSync(Buffer.from(parts.rows)))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

const decodePixels = (bytes: Buffer) => [...decodePng(bytes).pixels];

describe('a palette that is too short', () => {
  test.each([
    [1, 0b0100_0000, 2, [9, 8, 7, 1, 1, 1]],
    [2, 0b0011_1000, 3, [9, 8, 7, 3, 3, 3, 2, 2, 2]],
    [4, 0x0f, 2, [9, 8, 7, 15, 15, 15]],
    [8, 200, 1, [200, 200, 200]],
  ])('is filled up with grey (%i bits)', (depth, row, width, expected) => {
    const parts = { depth, colour: 3, width, rows: [0, row], palette: [9, 8, 7] };
    expect(decodePixels(png(parts))).toEqual(expected);
    expect(decodePixels(png({ ...parts, tRNS: [0] }))).toEqual(expected);
  });

  test('is filled up in an interlaced image', () => {
    const parts = { depth: 8, colour: 3, width: 2, palette: [9, 8, 7], isInterlaced: true };
    expect(decodePixels(png({ ...parts, rows: [0, 0, 0, 77] }))).toEqual([9, 8, 7, 77, 77, 77]);
  });
});

describe('samples', () => {
  test.each<[string, number, number, number[], number[]]>([
    ['grey of 2 bits', 2, 0, [0, 0b0110_0000], [85, 85, 85]],
    ['grey of 16 bits, clipped', 16, 0, [0, 1, 0], [255, 255, 255]],
    ['grey of 16 bits, small', 16, 0, [0, 0, 77], [77, 77, 77]],
    ['grey and alpha', 8, 4, [0, 5, 0], [5, 5, 5]],
    ['grey and alpha of 16 bits', 16, 4, [0, 5, 99, 0, 0], [5, 5, 5]],
    ['RGB of 16 bits', 16, 2, [0, 1, 99, 2, 99, 3, 99], [1, 2, 3]],
    ['RGBA of 16 bits', 16, 6, [0, 1, 9, 2, 9, 3, 9, 0, 0], [1, 2, 3]],
  ])('%s become RGB', (_, depth, colour, rows, expected) => {
    expect(decodePixels(png({ depth, colour, rows }))).toEqual(expected);
  });

  test('of grey of 16 bits become their upper byte where that is asked for', () => {
    const { pixels } = decodePng(png({ depth: 16, colour: 0, rows: [0, 7, 99] }), 'upper');
    expect([...pixels]).toEqual([7, 7, 7]);
  });

  test.each(['b-w', 'rgb16', 'srgb'] as const)(
    'of %s with all filters are those of libpng, interlaced or not',
    async (space) => {
      const raw = { width: 61, height: 43, channels: 3 } as const;
      const smooth = sharp(makeNoise(61 * 43 * 3, 7), { raw })
        .blur(3)
        .toColourspace(space);
      for (const progressive of [false, true]) {
        const bytes = await smooth.clone().png({ progressive, adaptiveFiltering: true }).toBuffer();
        const expected = await sharp(bytes).toColourspace('srgb').raw().toBuffer();
        expect(Buffer.compare(decodePng(bytes).pixels, expected)).toBe(0);
      }
    },
  );
});

describe('a stream', () => {
  const grey = { depth: 8, colour: 0, width: 3, height: 3 } as const;
  const rows = [0, 1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9];
  const expected = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((v) => [v, v, v]);
  const withTail = (change: (z: Buffer) => Buffer) => png({ ...grey, rows, change });
  const lost = (file: Buffer, bytes: number) => file.subarray(0, file.length - bytes);
  const image = png({ ...grey, rows });

  test('of any announced window is read', () => {
    for (let window = 0; window < 8; window++) {
      const method = (window << 4) | 8;
      const head = Buffer.from([method, (31 - ((method << 8) % 31)) % 31]);
      expect(decodePixels(withTail((z) => Buffer.concat([head, z.subarray(2)])))).toEqual(expected);
    }
  });

  test.each([1, 5, 12, 14, 16, 17, 20])(
    'that lost %i bytes behind its pixels is whole',
    (bytes) => {
      expect(decodePixels(lost(image, bytes))).toEqual(expected);
    },
  );

  test.each([22, 23, 24])('that lost %i bytes and pixels with them is truncated', (bytes) => {
    expect(() => decodePng(lost(image, bytes))).toThrow('ends too early');
  });

  test('without a checksum is whole, with a wrong one damaged', () => {
    expect(decodePixels(withTail((z) => lost(z, 4)))).toEqual(expected);
    const wrong = withTail((z) => Buffer.concat([lost(z, 4), Buffer.alloc(4)]));
    expect(() => decodePng(wrong)).toThrow('damaged pixels');
  });

  test('that ends with a row leaves the rest black, within a row it is truncated', () => {
    const short = (length: number) => png({ ...grey, rows: rows.slice(0, length) });
    expect(decodePixels(short(8))).toEqual([
      ...expected.slice(0, 18),
      ...new Array<number>(9).fill(0),
    ]);
    expect(() => decodePng(short(9))).toThrow('ends too early');
  });

  test('may be followed by bytes of its own chunk', () => {
    expect(decodePixels(withTail((z) => Buffer.concat([z, Buffer.from('junk')])))).toEqual(
      expected,
    );
  });

  test('is inflated to what zlib gives, whatever its blocks', () => {
    const stream = fc.record({
      data: fc.uint8Array({ minLength: 1, maxLength: 3000, max: 9 }),
      level: fc.integer({ min: 0, max: 9 }),
      strategy: fc.integer({ min: 0, max: 4 }),
      cut: fc.integer({ min: 1, max: 400 }),
    });
    fc.assert(
      fc.property(stream, ({ data, level, strategy, cut }) => {
        const z = deflateSync(data, { level, strategy });
        const pieces = [z.subarray(0, cut), z.subarray(cut)].filter(({ length }) => length > 0);
        const ends = Float64Array.of(data.length);
        expect(Buffer.compare(inflateAsPillow(pieces, ends).data, inflateSync(z))).toBe(0);
      }),
    );
  });
});

describe('chunks', () => {
  test('before the pixels have sound checksums, those behind need none', () => {
    const text = pngChunk('tEXt', Buffer.from('a\0b'));
    text.writeUInt32BE(1, text.length - 4);
    const image = png({ depth: 8, colour: 0, rows: [0, 5] });
    const before = Buffer.concat([image.subarray(0, 33), text, image.subarray(33)]);
    const end = image.length - 12;
    const behind = Buffer.concat([image.subarray(0, end), text, image.subarray(end)]);
    expect(() => decodePng(before)).toThrow('wrong checksum in its tEXt chunk');
    expect(decodePixels(behind)).toEqual([5, 5, 5]);
    expect(() => decodePng(behind.subarray(0, end + 9))).toThrow('ends too early');
  });
});
