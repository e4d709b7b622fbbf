import sharp from 'sharp';

/** A progressive JPEG whose last scan is repeated two thousand times. */
export async function drawManyScans(): Promise<Buffer> {
  const create = { width: 3_000, height: 2_000, channels: 3, background: '#456' } as const;
  const jpeg = await sharp({ create }).jpeg({ progressive: true }).toBuffer();
  const last = jpeg.subarray(jpeg.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
  const more = new Array<Buffer>(2_000).fill(last);
  return Buffer.concat([jpeg.subarray(0, -2), ...more, jpeg.subarray(-2)]);
}
