import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { makeNoise } from '../../tests/make-noise.js';
import { makePng, pngChunk, type PngOptions } from '../../tests/make-png.js';
import { resampleExact } from '../resample/resample-exact.js';
import { decodePlainPng } from './decode-plain-png.js';
import { decodePng } from './decode-png.js';
import { preprocessPng } from './preprocess-png.js';

function decodeFirst(png: Buffer): Uint8Array {
  const { pixels, widthPx, heightPx } = decodePng(png);
  return resampleExact(pixels, widthPx, heightPx);
}

function expectSameBits(png: Buffer): void {
  const { pixels, widthPx, heightPx } = decodePng(png);
  const own = preprocessPng(png)?.pixels ?? Buffer.alloc(0);
  expect(Buffer.compare(own, decodeFirst(png))).toBe(0);
  const { pixels: ownDecoded, ...size } = decodePlainPng(png) ?? { pixels: Buffer.alloc(0) };
  expect(size).toEqual({ widthPx, heightPx });
  expect(Buffer.compare(ownDecoded, pixels)).toBe(0);
}

const SIGNATURE_BYTES = 8;
const plain: PngOptions = { widthPx: 40, heightPx: 30, pixelBytes: 3, toFilter: (row) => row % 5 };
const pixels = makeNoise(40 * 30 * 4, 5);

describe('the exact PNG path', () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 400 }));
  const png = fc
    .record({
      widthPx: size,
      heightPx: size,
      pixelBytes: fc.constantFrom<3 | 4>(3, 4),
      filters: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 23 }),
      idatBytes: fc.integer({ min: 50, max: 100_000 }),
      seed: fc.nat(),
    })
    .map(({ filters, seed, ...options }) =>
      makePng(makeNoise(options.widthPx * options.heightPx * options.pixelBytes, seed), {
        ...options,
        toFilter: (row) => filters[row % filters.length] ?? 0,
      }),
    );

  test('gives the bits of decoding the whole image first, for any size and filters', () => {
    fc.assert(fc.property(png, expectSameBits), { numRuns: 80 });
  });

  test.each([0, 1, 2, 3, 4])('undoes filter %i over many blocks', (filter) => {
    const options = {
      widthPx: 1200,
      heightPx: 501,
      pixelBytes: 3,
      toFilter: () => filter,
    } as const;
    expectSameBits(makePng(makeNoise(1200 * 501 * 3, filter), options));
  });

  test.each([
    [300, 2000],
    [2000, 300],
  ])('takes the middle of %i x %i', (widthPx, heightPx) => {
    const options = {
      widthPx,
      heightPx,
      pixelBytes: 4,
      toFilter: (row: number) => row % 5,
    } as const;
    expectSameBits(makePng(makeNoise(widthPx * heightPx * 4, 8), options));
  });

  test.each([true, false])(
    'agrees with PNGs that libpng wrote (adaptive: %s)',
    async (adaptive) => {
      const raw = { width: 230, height: 310, channels: 3 } as const;
      const image = sharp(makeNoise(230 * 310 * 3, 3), { raw }).blur(2);
      expectSameBits(await image.png({ adaptiveFiltering: adaptive }).toBuffer());
    },
  );

  test('skips chunks that do not touch pixels', () => {
    const chunks = [pngChunk('tEXt', Buffer.from('Title\0x')), pngChunk('gAMA', gamma(45_455))];
    expectSameBits(makePng(pixels, { ...plain, chunks }));
  });
});

describe('the CRC-32 of a whole PNG', () => {
  const png = makePng(pixels, { ...plain, idatBytes: 100 });

  test('stands for those of its chunks', () => {
    const own = preprocessPng(png, { crc32: crc32(png) });
    expect(Buffer.from(own?.pixels ?? [])).toEqual(Buffer.from(decodeFirst(png)));
  });

  test('shows a chunk whose CRC is wrong, wherever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: SIGNATURE_BYTES, max: png.length - 1 }), (at) => {
        const damaged = flipped(png, at);
        expect(preprocessPng(damaged, { crc32: crc32(damaged) })).toBeUndefined();
      }),
    );
  });

  test('shows bytes that are not those it was taken of', () => {
    expect(preprocessPng(png, { crc32: crc32(png) ^ 1 })).toBeUndefined();
  });
});

describe('what the exact PNG path leaves to others', () => {
  const sound = makePng(pixels, plain);
  const grey = sharp(makeNoise(900, 1), { raw: { width: 30, height: 30, channels: 1 } });

  test.each<[string, Buffer | Promise<Buffer>]>([
    [
      'transparent colours',
      makePng(pixels, { ...plain, chunks: [pngChunk('tRNS', Buffer.alloc(6))] }),
    ],
    ['animations', makePng(pixels, { ...plain, chunks: [pngChunk('acTL', Buffer.alloc(8))] })],
    [
      'unknown critical chunks',
      makePng(pixels, { ...plain, chunks: [pngChunk('ABCD', Buffer.alloc(1))] }),
    ],
    ['a wrong CRC', flipped(sound, 45)],
    ['a missing end', sound.subarray(0, -12)],
    ['bytes behind the end', Buffer.concat([sound, Buffer.from('x')])],
    ['a filter that does not exist', makePng(pixels, { ...plain, toFilter: () => 5 })],
    ['more rows than announced', makePng(pixels, { ...plain, surplus: Buffer.alloc(1) })],
    ['interlaced images', sharp(sound).png({ progressive: true }).toBuffer()],
    ['grey images', grey.clone().toColourspace('b-w').png().toBuffer()],
    ['palettes', sharp(sound).png({ palette: true }).toBuffer()],
    ['16 bits a channel', sharp(sound).toColourspace('rgb16').png().toBuffer()],
    ['no pixels at all', sound.subarray(0, 33)],
    [
      'rows of more than a megabyte',
      makePng(makeNoise(350_000 * 3, 1), { ...plain, widthPx: 350_000, heightPx: 1 }),
    ],
  ])('%s', async (_, png) => {
    expect(preprocessPng(await png)).toBeUndefined();
  });
});

function gamma(value: number): Buffer {
  const data = Buffer.alloc(4);
  data.writeUInt32BE(value);
  return data;
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}
