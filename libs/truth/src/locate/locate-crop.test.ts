import { decodeRgb, type RgbImage } from '@cullstream/imaging';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { locateCrop, type PixelBox } from './locate-crop.js';

/** A picture with large shapes and fine noise, like a photograph. */
function drawPicture(widthPx: number, heightPx: number, seed: number, channels: 3 | 4 = 3): Sharp {
  let state = seed + 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const waves = Array.from({ length: 12 }, () => ({
    x: (random() - 0.5) * 0.3,
    y: (random() - 0.5) * 0.3,
    phase: random() * 6.3,
    channel: Math.floor(random() * 3),
  }));
  const data = Buffer.alloc(widthPx * heightPx * channels);
  for (let at = 0; at < widthPx * heightPx; at++) {
    const [x, y] = [at % widthPx, Math.floor(at / widthPx)];
    const sums = [128, 128, 128];
    for (const wave of waves) {
      const value = 24 * Math.sin(wave.x * x + wave.y * y + wave.phase);
      sums[wave.channel] = (sums[wave.channel] ?? 0) + value;
    }
    for (let channel = 0; channel < channels; channel++) {
      data[at * channels + channel] =
        channel === 3 ? random() * 255 : (sums[channel] ?? 0) + random() * 12;
    }
  }
  return sharp(data, { raw: { width: widthPx, height: heightPx, channels } });
}

const cut = (picture: Sharp, [x1, y1, x2, y2]: PixelBox) =>
  picture.clone().extract({ left: x1, top: y1, width: x2 - x1, height: y2 - y1 });

const rgb = async (picture: Sharp): Promise<RgbImage> =>
  decodeRgb(await picture.clone().png().toBuffer());

/** A picture with a single wide, faint, bright spot. */
function drawSmoothPicture(width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < data.length; at++) {
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    data[at] = 90 + 80 * Math.exp(-(((x - 120) / 90) ** 2) - ((y - 90) / 70) ** 2);
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

async function resizeBy(part: Sharp, scale: number): Promise<Buffer> {
  const whole = await part.png().toBuffer({ resolveWithObject: true });
  const [width, height] = [whole.info.width, whole.info.height].map((px) => Math.round(px * scale));
  return sharp(whole.data).resize(width, height, { fit: 'fill' }).jpeg({ quality: 75 }).toBuffer();
}

/** A picture's size and a box in it. */
const places = fc
  .tuple(fc.integer({ min: 40, max: 90 }), fc.integer({ min: 40, max: 90 }), fc.nat())
  .chain(([widthPx, heightPx, seed]) =>
    fc
      .tuple(fc.integer({ min: 16, max: widthPx }), fc.integer({ min: 16, max: heightPx }))
      .chain(([width, height]) =>
        fc
          .tuple(
            fc.integer({ min: 0, max: widthPx - width }),
            fc.integer({ min: 0, max: heightPx - height }),
          )
          .map(([x, y]) => ({
            ...{ widthPx, heightPx, seed },
            box: [x, y, x + width, y + height] as PixelBox,
          })),
      ),
  );

describe('the crop of a finished image with the same pixels', () => {
  it.each([
    ['as it was', 3, (part: Sharp) => part.png()],
    ['with alpha', 4, (part: Sharp) => part.png()],
    ['with 16 bits', 3, (part: Sharp) => part.toColourspace('rgb16').png()],
    ['without its alpha', 4, (part: Sharp) => part.removeAlpha().png()],
  ] as const)('is found to the pixel %s', async (_, channels, save) => {
    await fc.assert(
      fc.asyncProperty(places, async ({ widthPx, heightPx, seed, box }) => {
        const picture = drawPicture(widthPx, heightPx, seed, channels);
        const final = await decodeRgb(await save(cut(picture, box)).toBuffer());
        const found = await locateCrop(await rgb(picture), final);
        expect(found).toEqual({ method: 'exact', score: 1, box });
      }),
      { numRuns: 40 },
    );
  });

  it('is not known where several places have its pixels', async () => {
    const tile = drawPicture(20, 20, 7);
    const raw = await tile.raw().toBuffer();
    const tiled = sharp({ create: { width: 60, height: 60, channels: 3, background: '#000' } });
    const input = await sharp(raw, { raw: { width: 20, height: 20, channels: 3 } })
      .png()
      .toBuffer();
    const picture = sharp(
      await tiled
        .composite([{ input, tile: true }])
        .removeAlpha()
        .png()
        .toBuffer(),
    );
    const found = await locateCrop(await rgb(picture), await rgb(tile));
    expect(found).toEqual({ method: 'none', score: null, box: null });
  });

  it('is not known in an even picture, but for the whole of it', async () => {
    const even = sharp({ create: { width: 50, height: 40, channels: 3, background: '#357' } });
    const whole = await rgb(even);
    const part = await rgb(even.clone().resize(30, 20));
    expect((await locateCrop(whole, part)).box).toBeNull();
    expect(await locateCrop(whole, whole)).toEqual({
      ...{ method: 'exact', score: 1, box: [0, 0, 50, 40] },
    });
  });
});

describe('the crop of a finished image with other pixels', () => {
  const box: PixelBox = [37, 21, 205, 149];

  it.each([
    ['encoded as JPEG', (part: Sharp) => part.jpeg({ quality: 75 })],
    ['made brighter', (part: Sharp) => part.linear(1.2, 10).png()],
    ['blurred a little', (part: Sharp) => part.blur(0.8).png()],
  ] as const)('is found to the pixel where it was %s', async (_, save) => {
    const picture = drawPicture(256, 192, 3);
    const final = await decodeRgb(await save(cut(picture, box)).toBuffer());
    const found = await locateCrop(await rgb(picture), final);
    expect(found).toMatchObject({ method: 'correlated', box });
    expect(found.score).toBeGreaterThan(0.9);
  });

  it('is found in a large picture, in whose reductions it is looked for first', async () => {
    const small = await drawPicture(300, 225, 5).png().toBuffer();
    const picture = sharp(await sharp(small).resize(1500, 1125).png().toBuffer());
    const large: PixelBox = [203, 88, 1371, 964];
    const final = await decodeRgb(await cut(picture, large).jpeg({ quality: 80 }).toBuffer());
    const found = await locateCrop(await rgb(picture), final);
    expect(found).toMatchObject({ method: 'correlated', box: large });
  });

  it.each([
    ['made smaller', 0.5],
    ['made a little smaller', 0.947],
    ['made much smaller', 0.409],
    ['made larger', 1.7],
  ])('is found where it was %s', async (_, scale) => {
    const picture = drawPicture(256, 192, 11);
    const final = await decodeRgb(await resizeBy(cut(picture, box), scale));
    const found = await locateCrop(await rgb(picture), final);
    expect(found.method).toBe('scaled');
    for (const [side, edge] of box.entries()) {
      expect(Math.abs((found.box?.[side] ?? NaN) - edge)).toBeLessThanOrEqual(1);
    }
  });

  it('is found or not known, and never elsewhere, in a picture without details', async () => {
    const smooth = drawSmoothPicture(256, 192);
    const final = await decodeRgb(await resizeBy(cut(smooth, box), 0.8));
    const found = await locateCrop(await rgb(smooth), final);
    for (const [side, edge] of (found.box ?? []).entries()) {
      expect(Math.abs(edge - (box[side] ?? NaN))).toBeLessThanOrEqual(0.02 * 256);
    }
  });

  it('is not known in a picture that repeats itself', async () => {
    const tile = await drawPicture(24, 24, 7).png().toBuffer();
    const plain = sharp({ create: { width: 240, height: 192, channels: 3, background: '#000' } });
    const repeating = sharp(
      await plain
        .composite([{ input: tile, tile: true }])
        .removeAlpha()
        .png()
        .toBuffer(),
    );
    const part = cut(repeating, [30, 20, 150, 120]);
    for (const final of [await part.jpeg().toBuffer(), await resizeBy(part, 0.7)]) {
      const found = await locateCrop(await rgb(repeating), await decodeRgb(final));
      expect(found).toEqual({ method: 'none', score: null, box: null });
    }
  });

  it('is the whole frame where the whole was encoded anew', async () => {
    const picture = drawPicture(120, 90, 13);
    const final = await decodeRgb(await picture.clone().jpeg().toBuffer());
    const found = await locateCrop(await rgb(picture), final);
    expect(found).toMatchObject({ method: 'correlated', box: [0, 0, 120, 90] });
  });

  it('is not known of another picture', async () => {
    const found = await locateCrop(
      await rgb(drawPicture(200, 150, 17)),
      await rgb(drawPicture(120, 90, 19)),
    );
    expect(found).toEqual({ method: 'none', score: null, box: null });
  });
});
