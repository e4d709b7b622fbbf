import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { makeNoise } from '../tests/make-noise.js';
import { decodeRgb } from './decode/decode-rgb.js';
import { readImageSize } from './decode/read-image-size.js';
import { preprocess } from './preprocess.js';

/** An image with smooth colours, for which the kernels of sharp and Pillow differ only slightly. */
function gradient(widthPx: number, heightPx: number): Sharp {
  const pixels = Buffer.alloc(widthPx * heightPx * 3);
  for (let at = 0; at < pixels.length; at += 3) {
    const x = (at / 3) % widthPx;
    const y = Math.floor(at / 3 / widthPx);
    pixels.set([(x * 255) / widthPx, (y * 255) / heightPx, ((x + y) * 127) / widthPx], at);
  }
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 3 } });
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
}

describe('fast preprocessing', () => {
  test.each([
    ['jpeg', 1200, 900],
    ['png', 500, 800],
    ['webp', 700, 700],
    ['png', 90, 60],
    ['jpeg', 3, 900],
  ] as const)('is close to the exact pixels (%s, %i x %i)', async (format, width, height) => {
    const bytes = await gradient(width, height).toFormat(format).toBuffer();
    const fast = await preprocess(bytes, 'fast');
    const exact = await preprocess(bytes, 'exact');
    expect([fast.widthPx, fast.heightPx]).toEqual([width, height]);
    expect(meanDifference(fast.pixels, exact.pixels)).toBeLessThan(2);
  });

  test.each(['png', 'webp'] as const)('has the exact pixels of a %s with holes', async (format) => {
    const holes = makeNoise(300 * 250 * 4, 3);
    const raw = { width: 300, height: 250, channels: 4 } as const;
    const bytes = await sharp(holes, { raw }).toFormat(format, { lossless: true }).toBuffer();
    const [fast, exact] = [await preprocess(bytes, 'fast'), await preprocess(bytes, 'exact')];
    expect(Buffer.compare(fast.pixels, exact.pixels)).toBe(0);
  });

  test('gives three channels of grey images', async () => {
    const grey = await gradient(400, 300).toColourspace('b-w').png().toBuffer();
    expect((await preprocess(grey, 'fast')).pixels).toHaveLength(150_528);
  });
});

describe('decoding', () => {
  test('replicates grey and drops the alpha of grey', async () => {
    const raw = { width: 2, height: 1, channels: 2 } as const;
    const bytes = await sharp(Buffer.from([10, 0, 200, 255]), { raw })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect([...(await decodeRgb(bytes)).pixels]).toEqual([10, 10, 10, 200, 200, 200]);
  });

  test('keeps colours below transparency', async () => {
    const raw = { width: 1, height: 1, channels: 4 } as const;
    const bytes = await sharp(Buffer.from([1, 2, 3, 0]), { raw })
      .png()
      .toBuffer();
    expect([...(await decodeRgb(bytes)).pixels]).toEqual([1, 2, 3]);
  });

  test('does not rotate by EXIF, nor does the size', async () => {
    const bytes = await gradient(40, 30).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await decodeRgb(bytes)).toMatchObject({ widthPx: 40, heightPx: 30 });
    expect(await readImageSize(bytes)).toEqual({ widthPx: 40, heightPx: 30 });
  });

  test('believes the content, not a name: bytes are all it is given', async () => {
    const bytes = await gradient(40, 30).webp().toBuffer();
    expect(await readImageSize(bytes)).toEqual({ widthPx: 40, heightPx: 30 });
  });
});
