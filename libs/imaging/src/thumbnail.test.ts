import sharp from 'sharp';
import { expect, it } from 'vitest';
import { toThumbnail } from './thumbnail.js';

const image = sharp({ create: { width: 64, height: 48, channels: 3, background: '#246' } });

it.each(['png', 'jpeg', 'webp'] as const)('makes a small JPEG of a %s', async (format) => {
  const thumbnail = await toThumbnail(await image.clone().toFormat(format).toBuffer(), 32);
  expect(await sharp(thumbnail).metadata()).toMatchObject({
    format: 'jpeg',
    width: 32,
    height: 24,
  });
});

it('draws nothing that is no image for a run, whatever the decoder could make of it', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>';
  const gif = await image.clone().gif().toBuffer();
  for (const bytes of [Buffer.from(svg), gif, Buffer.from('<!doctype html>')]) {
    await expect(toThumbnail(bytes)).rejects.toMatchObject({ reason: 'not-an-image' });
  }
});

it('says of an image that is cut off, or too large to be held, that it is', async () => {
  const png = await image.clone().png().toBuffer();
  const cut = toThumbnail(png.subarray(0, png.length - 30));
  await expect(cut).rejects.toMatchObject({ reason: 'image-truncated' });
  const progressive = await image.clone().jpeg({ progressive: true }).toBuffer();
  const frame = progressive.indexOf('\xff\xc2', 0, 'latin1');
  progressive.writeUInt16BE(6_001, frame + 5);
  progressive.writeUInt16BE(8_000, frame + 7);
  await expect(toThumbnail(progressive)).rejects.toMatchObject({ reason: 'image-too-large' });
});
