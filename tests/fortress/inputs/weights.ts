import { deflateRawSync } from 'node:zlib';
import { makeZip, type ZipMember } from '../../../libs/imaging/tests/make-zip.js';
import { PickleWriter } from '../../../libs/inference/src/pickle/pickle-writer.js';
import {
  floatBytes,
  safetensors,
  stateDict,
} from '../../../libs/inference/tests/support/torch-files.js';
import { bytesInput, type FileInput, type FortressInput } from '../fortress-input.js';

const MIB = 1 << 20;
const matrix = { name: 'net.0.weight', key: '0', elements: 6, shape: [2, 3], strides: [3, 1] };
const values = floatBytes([1, 2, 3, 4, 5, 6]);

function file(
  name: string,
  make: () => Buffer,
  says: readonly RegExp[],
  limits: Partial<FortressInput> = {},
): FileInput {
  return bytesInput('weights', `weights: ${name}`, 'weights.pt', make, says, limits);
}

const stored = (name: string, data: Buffer): ZipMember => ({ name: `a/${name}`, data, method: 0 });
const archive = (pickle: Buffer, ...more: ZipMember[]) =>
  makeZip([stored('data.pkl', pickle), stored('data/0', values), ...more]);
const older = (pickle: Buffer) =>
  Buffer.concat([Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex'), pickle]);
const header = (length: bigint, json: Buffer) => {
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(length);
  return Buffer.concat([count, json]);
};
/** A pickle that is `{"a": [[[…]]]}`. */
const nested = (depth: number) =>
  new PickleWriter()
    .op('}')
    .text('a')
    .op(']'.repeat(depth))
    .op('a'.repeat(depth - 1))
    .op('s')
    .finish();

export const allWeights: readonly FileInput[] = [
  file(
    'a pickle that calls os.system',
    () => archive(new PickleWriter().global('os', 'system').text('id').op('\x85R').finish()),
    [/refused: it refers to "os\.system"/],
  ),
  file(
    'a pickle of 1,200,000 opcodes',
    () => archive(new PickleWriter().op('N0'.repeat(600_000)).finish()),
    [/not a weights file/],
  ),
  file('lists in lists, 400,000 deep', () => archive(nested(400_000)), [/no parameters found/], {
    megabytes: 450,
  }),
  file(
    'lists in lists where torch has a version',
    () => older(nested(400_000)),
    [/version|unknown/],
    { megabytes: 450 },
  ),
  file(
    'a number where torch has a storage key',
    () =>
      Buffer.concat([
        older(new PickleWriter().int(1001).finish()),
        new PickleWriter().op('}').text('little_endian').op('\x88s').finish(),
        stateDict([matrix], true),
        Buffer.from('\x80\x02]\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19a.', 'latin1'),
      ]),
    [/storage .*(listed twice|never described)/],
  ),
  file(
    'a storage key that contains itself',
    () =>
      Buffer.concat([
        older(new PickleWriter().int(1001).finish()),
        new PickleWriter().op('}').text('little_endian').op('\x88s').finish(),
        stateDict([matrix], true),
        Buffer.from('\x80\x02]]q\x00h\x00aa.', 'latin1'),
      ]),
    [/storage .*(listed twice|never described)/],
  ),
  file(
    'a string that claims 4 GiB',
    () => archive(Buffer.from('\x80\x02X\xff\xff\xff\xffabc.', 'latin1')),
    [/ends within an opcode/],
  ),
  file(
    'a string that claims 2⁶⁴ bytes',
    () => archive(Buffer.from('\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xffabc.', 'latin1')),
    [/ends within an opcode/],
  ),
  file(
    'an integer of 2³¹ bytes',
    () => archive(Buffer.from('\x80\x02\x8b\xff\xff\xff\x7fabc.', 'latin1')),
    [/integer of \d+ bytes has no place/],
  ),
  file(
    'a storage of 2 TB',
    () => archive(stateDict([{ ...matrix, type: 'DoubleStorage', elements: 2 ** 31 - 1 }])),
    [/claims 2147483647/],
  ),
  file(
    'a view of 2⁵⁰ elements',
    () => archive(stateDict([{ ...matrix, shape: [2 ** 25, 2 ** 25], strides: [0, 0] }])),
    [/reaches outside its 6 elements/],
  ),
  file(
    '64 MiB of pickle in 64 KiB',
    () => {
      const data = deflateRawSync(Buffer.alloc(64 * MIB, 'N0'));
      const zip = makeZip([{ name: 'a/data.pkl', data, method: 0, size: 64 * MIB }]);
      zip.writeUInt16LE(8, zip.indexOf('PK\x01\x02') + 10);
      return zip;
    },
    [/more than 16777216 bytes/],
  ),
  file(
    'a pickle that is longer than its size',
    () => {
      const data = deflateRawSync(Buffer.alloc(64 * MIB, 'N0'));
      const zip = makeZip([{ name: 'a/data.pkl', data, method: 0, size: 100 }]);
      zip.writeUInt16LE(8, zip.indexOf('PK\x01\x02') + 10);
      return zip;
    },
    [/cannot be inflated/],
  ),
  file(
    '60,000 entries',
    () =>
      makeZip(
        Array.from({ length: 60_000 }, (_unused, at) => stored(`data/${at}`, Buffer.alloc(0))),
      ),
    [/too many entries/],
  ),
  file('one entry twice', () => archive(stateDict([matrix]), stored('data/0', values)), [
    /holds "a\/data\/0" twice/,
  ]),
  file(
    'an encrypted entry',
    () => archive(stateDict([matrix]), { ...stored('x', Buffer.alloc(36)), flags: 1, size: 24 }),
    [/is encrypted/],
  ),
  file('safetensors with a header of 2⁶³ bytes', () => header(2n ** 63n, Buffer.from('{}')), [
    /not a checkpoint/,
  ]),
  file(
    'safetensors with 4 MiB of open brackets',
    () =>
      header(
        BigInt(4 * MIB),
        Buffer.concat([Buffer.from('{"a":'), Buffer.alloc(4 * MIB - 5, '[')]),
      ),
    [/header is not JSON/],
    { megabytes: 350 },
  ),
  file(
    'safetensors that claim 2⁵² bytes',
    () =>
      safetensors(
        { a: { dtype: 'F32', shape: [2 ** 20, 2 ** 30], data_offsets: [0, 2 ** 52] } },
        values,
      ),
    [/does not fit bytes/],
  ),
  file(
    'safetensors whose end is before its begin',
    () => safetensors({ a: { dtype: 'F32', shape: [2], data_offsets: [8, 0] } }, values),
    [/does not fit bytes/],
  ),
  file(
    '60,000 tensors of nothing',
    () =>
      safetensors(
        Object.fromEntries(
          Array.from({ length: 60_000 }, (_unused, at) => [
            `t${at}`,
            { dtype: 'F32', shape: [0], data_offsets: [0, 0] },
          ]),
        ),
        values,
      ),
    [/safetensors: 60000 tensors/],
    { megabytes: 400, seconds: 6 },
  ),
  file('16 MiB of noise', () => Buffer.alloc(16 * MIB, '\x80\x02}'), [/weights|pickle/]),
];
