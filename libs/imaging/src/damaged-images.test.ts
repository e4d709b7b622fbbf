import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { PermanentError } from '@cullstream/contracts';
import { makeNoise } from '../tests/make-noise.js';
import { makePng } from '../tests/make-png.js';
import { preprocess } from './preprocess.js';
import { TARGET_BYTES } from './resample/target-window.js';

const image = sharp(makeNoise(90 * 70 * 3, 2), { raw: { width: 90, height: 70, channels: 3 } });
const corpus = {
  png: await image.clone().png({ adaptiveFiltering: true }).toBuffer(),
  'png by rows': makePng(makeNoise(90 * 70 * 4, 4), {
    widthPx: 90,
    heightPx: 70,
    pixelBytes: 4,
    toFilter: (row) => row % 5,
    idatBytes: 2000,
  }),
  'interlaced png': await image.clone().png({ progressive: true }).toBuffer(),
  'palette png': await image.clone().png({ palette: true }).toBuffer(),
  jpeg: await image.clone().jpeg().toBuffer(),
  'progressive jpeg': await image.clone().jpeg({ progressive: true }).toBuffer(),
  webp: await image.clone().webp().toBuffer(),
  'lossless webp': await image.clone().webp({ lossless: true }).toBuffer(),
};
const modes = ['exact', 'fast'] as const;

/** Expects an image or a permanent failure. Anything else, such as a crash, fails the test. */
async function expectVerdict(bytes: Buffer, mode: 'exact' | 'fast'): Promise<void> {
  try {
    expect((await preprocess(bytes, mode)).pixels).toHaveLength(TARGET_BYTES);
  } catch (error) {
    expect(error).toBeInstanceOf(PermanentError);
  }
}

describe.each(Object.entries(corpus))('a damaged %s', (_, sound) => {
  test('cut anywhere is an image or a failure for good', async () => {
    const cut = fc.integer({ min: 0, max: sound.length - 1 });
    await fc.assert(
      fc.asyncProperty(cut, fc.constantFrom(...modes), (length, mode) =>
        expectVerdict(sound.subarray(0, length), mode),
      ),
      { numRuns: 25 },
    );
  });

  test('with bytes flipped is an image or a failure for good', async () => {
    const flips = fc.array(
      fc.tuple(fc.integer({ min: 0, max: sound.length - 1 }), fc.integer({ min: 1, max: 255 })),
      { minLength: 1, maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(flips, fc.constantFrom(...modes), async (bytes, mode) => {
        const damaged = Buffer.from(sound);
        for (const [at, mask] of bytes) damaged[at] = (damaged[at] ?? 0) ^ mask;
        await expectVerdict(damaged, mode);
      }),
      { numRuns: 40 },
    );
  });

  test('cut in the middle is called truncated', async () => {
    const half = sound.subarray(0, sound.length >> 1);
    await expect(preprocess(half, 'exact')).rejects.toMatchObject({
      reason: 'image-truncated',
      message: expect.stringMatching(/^the \w+ image ends too early; copy it anew$/) as string,
    });
  });
});

describe('files that are no images', () => {
  test.each<[string, Buffer | Promise<Buffer>]>([
    ['a GIF', image.clone().gif().toBuffer()],
    ['a TIFF', image.clone().tiff().toBuffer()],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['a PDF', Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n')],
    ['a text', Buffer.from('hello')],
    ['zeros', Buffer.alloc(1000)],
  ])('%s is refused, whatever sharp could make of it', async (_, bytes) => {
    const given = await bytes;
    await expect(preprocess(given, 'exact')).rejects.toMatchObject({ reason: 'not-an-image' });
    await expect(preprocess(given, 'fast')).rejects.toMatchObject({ reason: 'not-an-image' });
  });

  test('an empty file is called empty', async () => {
    const empty = Buffer.alloc(0);
    await expect(preprocess(empty, 'exact')).rejects.toMatchObject({ reason: 'empty-file' });
  });

  test('more pixels than the limit are refused by the header', async () => {
    const bomb = makePng(new Uint8Array(0), {
      widthPx: 1,
      heightPx: 1,
      pixelBytes: 3,
      toFilter: () => 0,
    });
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
    await expect(preprocess(bomb, 'exact')).rejects.toMatchObject({ reason: 'image-too-large' });
  });
});
