import { crc32, deflateRawSync } from 'node:zlib';
import { makeZip, type ZipMember } from '../../../libs/imaging/tests/make-zip.js';
import { makePng } from '../../../libs/imaging/tests/make-png.js';
import { bytesInput, type FileInput, type FortressInput } from '../fortress-input.js';

const MIB = 1 << 20;
const pixels = { widthPx: 4, heightPx: 3, pixelBytes: 3, toFilter: () => 0 } as const;
export const picture = makePng(Buffer.alloc(36, 7), pixels);
const image = (name: string | Buffer, more: Partial<ZipMember> = {}) => ({
  name,
  data: picture,
  ...more,
});
export const SOUND = /"sound\.png": 4 x 3/;
export const sound = image('sound.png');

/** An archive beside whose odd member there is a sound one. */
export function archive(
  name: string,
  make: () => Buffer,
  says: readonly RegExp[],
  limits: Partial<FortressInput> = {},
): FileInput {
  return bytesInput('source', `archive: ${name}`, 'a.zip', make, says, limits);
}

/** So many zeros, deflated, under a size that may be another. */
function zeros(mebibytes: number, size = mebibytes * MIB): ZipMember {
  const data = deflateRawSync(Buffer.alloc(mebibytes * MIB), { level: 9 });
  const crc = crc32(Buffer.alloc(mebibytes * MIB));
  return { name: 'zeros.png', data, method: 0, size, crc, packedSize: data.length };
}

/** `makeZip` would deflate the bytes again: they are said to be deflated afterwards. */
function asDeflated(zip: Buffer): Buffer {
  for (let at = zip.indexOf('PK\x03\x04'); at >= 0; at = zip.indexOf('PK\x03\x04', at + 1)) {
    if (zip.toString('latin1', at + 30, at + 39) === 'zeros.png') zip.writeUInt16LE(8, at + 8);
  }
  for (let at = zip.indexOf('PK\x01\x02'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 1)) {
    if (zip.toString('latin1', at + 46, at + 55) === 'zeros.png') zip.writeUInt16LE(8, at + 10);
  }
  return zip;
}

/** One entry at the beginning, and as many headers that all lead to it. */
function overlapping(count: number): Buffer {
  const zip = makeZip(
    Array.from({ length: count }, (_unused, at) => ({ ...zeros(1), name: `${at}.png` })),
  );
  let local = zip.indexOf('PK\x03\x04');
  for (let at = zip.indexOf('PK\x01\x02'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 46)) {
    zip.writeUInt16LE(8, at + 10);
    zip.writeUInt32LE(0, at + 42);
  }
  for (; local >= 0; local = zip.indexOf('PK\x03\x04', local + 30)) zip.writeUInt16LE(8, local + 8);
  return zip;
}

const two = makeZip([sound, image('other.png')]);
const directoryAt = two.indexOf('PK\x01\x02');

export const smallArchives: readonly FileInput[] = [
  archive(
    '256 MiB of zeros in 256 KiB',
    () => asDeflated(makeZip([sound, zeros(256)])),
    [SOUND, /zeros\.png.*not-an-image/],
    { megabytes: 450 },
  ),
  archive('64 MiB under a size of 100 bytes', () => asDeflated(makeZip([sound, zeros(64, 100)])), [
    SOUND,
    /zeros\.png.*unreadable-entry/,
  ]),
  archive('2 GiB in the header of 64 KiB', () => asDeflated(makeZip([sound, zeros(64, 2 ** 31)])), [
    SOUND,
    /zeros\.png.*image-too-large/,
  ]),
  archive('500 headers over one entry', () => overlapping(500), [/499\.png.*not-an-image/], {
    seconds: 8,
  }),
  archive('encrypted', () => makeZip([sound, image('b.png', { flags: 1 })]), [
    SOUND,
    /b\.png.*encrypted-entry.*without password/,
  ]),
  ...[1, 6, 9, 12, 14, 93, 95, 98, 99].map((method) =>
    archive(`compression method ${method}`, () => makeZip([sound, image('b.png', { method })]), [
      SOUND,
      /b\.png.*unsupported-compression.*pack it anew/,
    ]),
  ),
  archive(
    'sizes in a data descriptor alone',
    () => makeZip([{ ...sound, flags: 8 }], { macos: true }),
    [SOUND],
  ),
  archive('a wrong checksum', () => makeZip([sound, image('b.png', { crc: 1 })]), [
    SOUND,
    /b\.png.*crc-mismatch/,
  ]),
  archive(
    'names that lead elsewhere',
    () =>
      makeZip([
        sound,
        image('/etc/x.png'),
        image('../../up.png'),
        image('a\\..\\b.png'),
        image('C:\\c.png'),
        image('nul\0.png.exe'),
        image('r\u202egpj.png'),
        image('\x1b[31mred.png'),
      ]),
    [SOUND, /: [78] images/],
  ),
  archive(
    'names of old code pages',
    () =>
      makeZip([
        sound,
        image(Buffer.from('82b1.png', 'latin1')),
        image(Buffer.from([0x83, 0x65, 0x83, 0x58, 0x83, 0x67, 0x2e, 0x70, 0x6e, 0x67])),
        image(Buffer.from([0x81, 0x94, 0x2e, 0x70, 0x6e, 0x67])),
      ]),
    [SOUND, /4 images/],
  ),
  archive(
    'one name in two normal forms, and twice',
    () => makeZip([sound, image('é.png'), image('e\u0301.png'), image('é.png')]),
    [SOUND, /4 images/],
  ),
  archive('a name of 65,535 bytes', () => makeZip([sound, image(`${'n'.repeat(65_531)}.png`)]), [
    SOUND,
    /2 images/,
  ]),
  archive(
    'a link to /etc/passwd',
    () => makeZip([sound, { name: 'passwd.png', data: Buffer.from('/etc/passwd') }]),
    [SOUND, /passwd\.png.*not-an-image/],
  ),
  archive('an archive in an archive', () => makeZip([sound, { name: 'inner.png', data: two }]), [
    SOUND,
    /inner\.png.*not-an-image/,
  ]),
  archive('a directory that is cut off', () => two.subarray(0, directoryAt + 60), [
    /cannot be listed.*(cut short|missing)/,
  ]),
  archive(
    'a directory that is there twice',
    () => Buffer.concat([two, two.subarray(directoryAt)]),
    [/(2 images|cannot be listed)/],
  ),
  archive(
    'more entries than are counted',
    () => {
      const zip = Buffer.from(two);
      zip.writeUInt16LE(1, zip.lastIndexOf('PK\x05\x06') + 10);
      return zip;
    },
    [/(2 images|cannot be listed)/],
  ),
  archive(
    'bytes on both sides',
    () => Buffer.concat([Buffer.alloc(5_000, 1), two, Buffer.alloc(3_000)]),
    [SOUND, /2 images/],
  ),
  archive('nothing', () => Buffer.alloc(0), [/cannot be listed.*no zip archive/]),
  archive('16 MiB of noise', () => Buffer.alloc(16 * MIB, 'PK\x05\x06'), [/cannot be listed/]),
  archive(
    'one part of several',
    () => {
      const zip = Buffer.from(two);
      zip.writeUInt16LE(3, zip.lastIndexOf('PK\x05\x06') + 4);
      return zip;
    },
    [/cannot be listed.*split archive/],
  ),
];
