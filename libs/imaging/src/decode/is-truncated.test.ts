import sharp from 'sharp';
import { expect, it } from 'vitest';
import { isTruncated } from './is-truncated.js';

const image = sharp({ create: { width: 64, height: 48, channels: 3, background: '#246' } });
const END = Buffer.from([0xff, 0xd9]);

/** A JPEG that contains a complete JPEG as a preview, in a segment of its own, as cameras write it. */
async function jpegWithPreview(): Promise<Buffer> {
  const jpeg = await image.clone().jpeg().toBuffer();
  const header = Buffer.from([0xff, 0xe1, 0, 0]);
  header.writeUInt16BE(jpeg.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), header, jpeg, jpeg.subarray(2)]);
}

it('finds a JPEG cut behind its preview, whose end is not that of the image', async () => {
  const jpeg = await jpegWithPreview();
  const cut = jpeg.subarray(0, jpeg.length - 20);
  expect(cut.includes(END)).toBe(true);
  expect(isTruncated(cut, 'jpeg')).toBe(true);
  expect(isTruncated(jpeg, 'jpeg')).toBe(false);
});

it('finds a JPEG cut within its segments', async () => {
  const jpeg = await jpegWithPreview();
  expect(isTruncated(jpeg.subarray(0, 200), 'jpeg')).toBe(true);
});

it.each(['webp', 'jpeg'] as const)('takes a whole %s for whole', async (format) => {
  expect(isTruncated(await image.clone().toFormat(format).toBuffer(), format)).toBe(false);
});
