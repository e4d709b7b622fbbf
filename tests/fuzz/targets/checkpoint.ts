import { crc32 } from 'node:zlib';
import { makeZip } from '../../../libs/imaging/tests/make-zip.js';
import {
  floatBytes,
  legacyStream,
  stateDict,
} from '../../../libs/inference/tests/support/torch-files.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { openWeights } from '../weights-file.js';

const matrix = { name: 'net.0.weight', key: '0', elements: 6, shape: [2, 3], strides: [3, 1] };
const values = Float32Array.of(1, 2, 3, 4, 5, 6);
const stored = (name: string, data: Buffer) => ({ name: `model/${name}`, data, method: 0 });
const weights = stored('data/0', floatBytes(values));

/** torch's zip archives and its older streams. */
export const target: FuzzTarget = {
  name: 'checkpoint',
  seeds: () => [
    makeZip([
      stored('data.pkl', stateDict([matrix])),
      weights,
      stored('byteorder', Buffer.from('little')),
    ]),
    makeZip([
      { ...stored('data.pkl', stateDict([matrix])), method: 8 },
      weights,
      stored('code/a.py', Buffer.from('x')),
    ]),
    legacyStream(stateDict([matrix], true), [{ key: '0', values }]),
  ],
  tokens: [
    'model/data.pkl',
    '/code/',
    'byteorder',
    '/data/',
    '\x8a\x0a',
    'PK\x01\x02',
    'PK\x05\x06',
  ].map((token) => Buffer.from(token, 'latin1')),
  mend: mendEntries,
  run: openWeights,
};

/** Right checksums of stored entries, in their local and central headers. */
function mendEntries(bytes: Buffer): Buffer {
  const mended = Buffer.from(bytes);
  for (let at = mended.indexOf('PK\x01\x02'); at >= 0; at = mended.indexOf('PK\x01\x02', at + 4)) {
    if (at + 46 > mended.length) break;
    const local = mended.readUInt32LE(at + 42);
    if (mended.readUInt16LE(at + 10) !== 0 || local + 30 > mended.length) continue;
    const from = local + 30 + mended.readUInt16LE(local + 26) + mended.readUInt16LE(local + 28);
    const sum = crc32(mended.subarray(from, from + mended.readUInt32LE(at + 20)));
    mended.writeUInt32LE(sum, at + 16);
  }
  return mended;
}
