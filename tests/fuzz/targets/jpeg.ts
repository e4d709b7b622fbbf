import { PermanentError } from '@cullstream/contracts';
import { readJpeg } from '../../../libs/imaging/src/decode/read-jpeg.js';
import { isTruncated } from '../../../libs/imaging/src/decode/is-truncated.js';
import { readSoundImages } from '../sound-images.js';
import { allowing, require, type FuzzTarget } from '../fuzz-target.js';

/** The markers of JPEGs, which are read before anything is decoded. */
export const target: FuzzTarget = {
  name: 'jpeg',
  seeds: () => readSoundImages('jpg'),
  tokens: [0xc0, 0xc2, 0xc4, 0xd8, 0xd9, 0xda, 0xdb, 0xdd, 0xe0, 0xfe].map((marker) =>
    Buffer.of(0xff, marker),
  ),
  run(bytes) {
    const frame = allowing([PermanentError], () => readJpeg(bytes));
    require(frame === undefined || frame.scanAt <= bytes.length, 'the scan begins in the file');
    isTruncated(bytes, 'jpeg');
  },
};
