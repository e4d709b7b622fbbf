import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { makeNoise } from '../../tests/make-noise.js';
import { preprocess } from '../preprocess.js';
import { decodeRgb } from './decode-rgb.js';

const raw = { width: 40, height: 30, channels: 3 } as const;
const picture = sharp(makeNoise(40 * 30 * 3, 5), { raw });
const FRAME = Buffer.from([0xff, 0xc0]);
const TABLES = Buffer.from([0xff, 0xdb]);

function insert(jpeg: Buffer, before: Buffer, junk: readonly number[]): Buffer {
  const at = jpeg.indexOf(before);
  expect(at).toBeGreaterThan(0);
  return Buffer.concat([jpeg.subarray(0, at), Buffer.from(junk), jpeg.subarray(at)]);
}

describe('a JPEG of four inks', () => {
  test.each<[string, number[]]>([
    ['zeros', [0, 0, 0]],
    ['bytes', [1, 2, 3, 0x80]],
    ['fill bytes', [0xff, 0xff]],
    ['a stuffed zero', [0xff, 0]],
    ['a restart', [0xff, 0xd3]],
    ['a comment that looks like a frame', [0xff, 0xfe, 0, 4, 0xff, 0xc0]],
  ])('keeps its colours behind %s', async (_, junk) => {
    const jpeg = await picture.clone().toColourspace('cmyk').jpeg().toBuffer();
    const { pixels } = await decodeRgb(jpeg);
    for (const before of [TABLES, FRAME]) {
      expect((await decodeRgb(insert(jpeg, before, junk))).pixels).toEqual(pixels);
    }
  });

  test('has the exact pixels in fast preprocessing', async () => {
    const jpeg = await picture.clone().toColourspace('cmyk').jpeg().toBuffer();
    const [fast, exact] = [await preprocess(jpeg, 'fast'), await preprocess(jpeg, 'exact')];
    expect(Buffer.compare(fast.pixels, exact.pixels)).toBe(0);
  });
});

describe('markers', () => {
  test.each([[0xff, 0x01], [0xff, 0x40], [0xff]])(
    'that Pillow does not know fail an image',
    async (...junk) => {
      const jpeg = await picture.clone().jpeg().toBuffer();
      const damaged = insert(jpeg, FRAME, [...junk, ...(junk.length === 1 ? [0x02] : [])]);
      await expect(decodeRgb(damaged)).rejects.toMatchObject({ reason: 'image-undecodable' });
    },
  );

  test('that nobody knows fail an image behind its scan', async () => {
    const jpeg = Buffer.from(await picture.clone().jpeg().toBuffer());
    jpeg[jpeg.length - 1] = 0xf9;
    await expect(decodeRgb(jpeg)).rejects.toMatchObject({ reason: 'image-undecodable' });
  });
});

/** A progressive JPEG whose last scan is repeated so many times. */
async function withScans(widthPx: number, heightPx: number, scans: number): Promise<Buffer> {
  const create = { width: widthPx, height: heightPx, channels: 3, background: '#456' } as const;
  const jpeg = await sharp({ create }).jpeg({ progressive: true }).toBuffer();
  const last = jpeg.subarray(jpeg.lastIndexOf(Buffer.from([0xff, 0xda])), jpeg.length - 2);
  const more = new Array<Buffer>(scans).fill(last);
  return Buffer.concat([jpeg.subarray(0, -2), ...more, jpeg.subarray(-2)]);
}

describe('a JPEG of many scans', () => {
  test('is decoded where it is small', async () => {
    const image = await decodeRgb(await withScans(64, 64, 500));
    expect(image).toEqual(await decodeRgb(await withScans(64, 64, 0)));
  });

  test('is refused where they cost too much, by its markers alone', async () => {
    const jpeg = await withScans(3000, 2000, 2000);
    const refused = {
      reason: 'image-too-large',
      message: expect.stringMatching('1666 are allowed'),
    };
    await expect(decodeRgb(jpeg)).rejects.toMatchObject(refused);
    await expect(preprocess(jpeg, 'fast')).rejects.toMatchObject(refused);
  });
});
