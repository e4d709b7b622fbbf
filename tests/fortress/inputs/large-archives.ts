import { closeSync, openSync, writeSync } from 'node:fs';
import { extraField, makeZip } from '../../../libs/imaging/tests/make-zip.js';
import { fileInput, type FileInput } from '../fortress-input.js';
import { archive, sound, SOUND } from './archives.js';

const FIVE_GIB = 5 * 2 ** 30;
const EMPTY_DEFLATED_BYTES = 2;

/** Names that are no images, and one image. */
function many(count: number, zip64 = true): Buffer {
  const others = Array.from({ length: count - 1 }, (_unused, at) => ({
    name: `${at}.txt`,
    method: 0,
  }));
  return makeZip([...others, sound], { zip64 });
}

/** A gap without bytes on the disk before an image, whose offset is beyond 4 GiB. */
function writeZip64Sparse(path: string): void {
  const zip = makeZip([sound]);
  const directory = zip.indexOf('PK\x01\x02');
  const offset = Buffer.alloc(8);
  offset.writeBigUInt64LE(BigInt(FIVE_GIB));
  const field = extraField(1, offset);
  const header = Buffer.from(zip.subarray(directory));
  const end = header.indexOf('PK\x05\x06');
  header.writeUInt32LE(0xffffffff, 42);
  header.writeUInt16LE(field.length, 30);
  const central = Buffer.concat([header.subarray(0, end), field]);
  const record = Buffer.from(header.subarray(end));
  record.writeUInt32LE(0xffffffff, 16);
  const zip64 = toZip64End(central.length, FIVE_GIB + directory);
  const rest = Buffer.concat([zip.subarray(0, directory), central, zip64, record]);
  writeParts(path, [[FIVE_GIB, rest]]);
}

/** macOS lets the sizes and offsets of a film of 5 GiB, and of the image behind it, wrap around. */
function writeMacosSparse(path: string): void {
  const wrapped = FIVE_GIB % 2 ** 32;
  const film = { name: 'film.mov', size: wrapped, packedSize: wrapped };
  const zip = makeZip([film, sound], { macos: true });
  const filmEnd = zip.indexOf('PK\x07\x08');
  const shift = FIVE_GIB - EMPTY_DEFLATED_BYTES;
  const second = zip.lastIndexOf('PK\x01\x02');
  zip.writeUInt32LE((zip.readUInt32LE(second + 42) + shift) % 2 ** 32, second + 42);
  const end = zip.lastIndexOf('PK\x05\x06');
  zip.writeUInt32LE((zip.readUInt32LE(end + 16) + shift) % 2 ** 32, end + 16);
  writeParts(path, [
    [0, zip.subarray(0, filmEnd)],
    [filmEnd + shift, zip.subarray(filmEnd)],
  ]);
}

function writeParts(path: string, parts: readonly (readonly [number, Buffer])[]): void {
  const file = openSync(path, 'w');
  for (const [at, bytes] of parts) writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

function toZip64End(size: number, offset: number): Buffer {
  const record = Buffer.alloc(76);
  record.write('PK\x06\x06', 0, 'latin1');
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(1n, 24);
  record.writeBigUInt64LE(1n, 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  record.write('PK\x06\x07', 56, 'latin1');
  record.writeBigUInt64LE(BigInt(offset + size), 64);
  record.writeUInt32LE(1, 72);
  return record;
}

export const largeArchives: readonly FileInput[] = [
  ...[65_535, 65_536, 70_000, 200_000].map((count) =>
    archive(`${count} entries`, () => many(count), [SOUND, /: 1 images/], {
      seconds: 12,
      megabytes: 450,
    }),
  ),
  archive(
    '70,000 entries as macOS writes them',
    () =>
      makeZip(
        [...Array.from({ length: 69_999 }, (_unused, at) => ({ name: `${at}.txt` })), sound],
        { macos: true },
      ),
    [SOUND, /: 1 images/],
    { seconds: 12, megabytes: 450 },
  ),
  fileInput('source', 'archive: ZIP64 beyond 4 GiB', 'a.zip', writeZip64Sparse, [SOUND]),
  fileInput('source', 'archive: macOS beyond 4 GiB', 'a.zip', writeMacosSparse, [SOUND]),
];
