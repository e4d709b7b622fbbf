import sharp, { type Sharp } from 'sharp';
import { expect, it } from 'vitest';
import { locateFinal } from './locate-final.js';

const [width, height] = [90, 60];
const noise = Buffer.from(
  Array.from({ length: width * height * 3 }, (_unused, at) => (at * 7919 * (at % 97)) % 251),
);
const picture = sharp(noise, { raw: { width, height, channels: 3 } });
const box = [10, 5, 70, 45] as const;

/** @param turns orientation as in EXIF: how programs turn the stored pixels for display */
const withTag = (image: Sharp, turns: number) =>
  image.withMetadata({ orientation: turns }).png().toBuffer();

it.each([
  ['turned, with a tag that turns it back', 1, 6],
  ['turned upright as the tag of its original says, without a tag', 8, 1],
  ['neither turned nor without the tag of its original', 6, 6],
])('a finished image is found that was %s', async (_, ofOriginal, ofFinal) => {
  const original = await withTag(picture.clone(), ofOriginal);
  const cut = await picture
    .clone()
    .extract({ left: box[0], top: box[1], width: box[2] - box[0], height: box[3] - box[1] })
    .png()
    .toBuffer();
  const isTurned = ofOriginal !== ofFinal;
  const final = await withTag(isTurned ? sharp(cut).rotate(270) : sharp(cut), ofFinal);
  const reply = await locateFinal({ bytes: original }, { bytes: final });
  expect(reply).toMatchObject({ located: { method: 'exact', box } });
});
