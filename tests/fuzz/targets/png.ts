import { crc32 } from 'node:zlib';
import { PermanentError } from '@cullstream/contracts';
import { makeNoise } from '../../../libs/imaging/tests/make-noise.js';
import { makePng } from '../../../libs/imaging/tests/make-png.js';
import { decodePlainPng } from '../../../libs/imaging/src/png/decode-plain-png.js';
import { decodePng } from '../../../libs/imaging/src/png/decode-png.js';
import { readPngFile } from '../../../libs/imaging/src/png/png-file.js';
import { readSoundImages } from '../sound-images.js';
import { allowing, require, type FuzzTarget } from '../fuzz-target.js';

const MOST_PIXELS = 1 << 20;

/** Chunks, filters and pixels of PNGs: the fast way and the one for every PNG agree. */
export const target: FuzzTarget = {
  name: 'png',
  seeds: () => [
    makePng(makeNoise(9 * 10 * 3, 1), {
      widthPx: 9,
      heightPx: 10,
      pixelBytes: 3,
      toFilter: (row) => row % 5,
    }),
    makePng(makeNoise(7 * 6 * 4, 2), {
      widthPx: 7,
      heightPx: 6,
      pixelBytes: 4,
      toFilter: (row) => row % 5,
      idatBytes: 50,
    }),
    ...readSoundImages('png'),
  ],
  tokens: ['IHDR', 'IDAT', 'IEND', 'PLTE', 'tRNS', 'acTL', 'fcTL', 'fdAT', 'tEXt'].map((type) =>
    Buffer.from(type),
  ),
  mend: mendChecksums,
  run(bytes) {
    const file = allowing([PermanentError], () => readPngFile(bytes));
    if (file === undefined || file.header.widthPx * file.header.heightPx > MOST_PIXELS) return;
    const plain = allowing([PermanentError], () => decodePlainPng(bytes));
    const pixels = plain && Buffer.from(plain.pixels);
    const decoded = allowing([PermanentError], () => decodePng(bytes));
    if (pixels === undefined) return;
    require(decoded !== undefined &&
      pixels.equals(decoded.pixels), 'both ways give the same pixels');
  },
};

/** Right checksums in all chunks, up to the first that is cut off. */
function mendChecksums(bytes: Buffer): Buffer {
  const mended = Buffer.from(bytes);
  for (let at = 8; at + 12 <= mended.length;) {
    const end = at + 8 + mended.readUInt32BE(at);
    if (end + 4 > mended.length) break;
    mended.writeUInt32BE(crc32(mended.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return mended;
}
