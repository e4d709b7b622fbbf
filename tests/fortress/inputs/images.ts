import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { pngChunk } from '../../../libs/imaging/tests/make-png.js';
import { makeOddPng as png } from '../make-odd-png.js';
import { drawManyScans } from '../../support/draw-many-scans.js';
import { fileInput, type FileInput, type FortressInput } from '../fortress-input.js';
import { picture } from './archives.js';

const MIB = 1 << 20;
const drawing = () => sharp({ create: { width: 40, height: 30, channels: 3, background: '#345' } });
const packedZeros = (mebibytes: number) => deflateSync(Buffer.alloc(mebibytes * MIB), { level: 9 });

/** A file of one image. */
function image(
  name: string,
  file: string,
  make: () => Buffer | Promise<Buffer>,
  says: readonly RegExp[],
  limits: Partial<FortressInput> = {},
): FileInput {
  const write = async (folder: string) => {
    mkdirSync(folder);
    writeFileSync(join(folder, file), await make());
  };
  return fileInput('source', `image: ${name}`, 'shots', write, says, limits);
}

/** The frame header of a JPEG or the header of a WebP, with another size. */
async function withSize(format: 'jpeg' | 'webp', width: number, height: number): Promise<Buffer> {
  if (format === 'webp') {
    const bytes = await drawing().webp({ lossless: true }).toBuffer();
    const at = bytes.indexOf('VP8L') + 9;
    bytes.writeUInt32LE(
      (bytes.readUInt32LE(at) & ~0xfff_ffff) | (width - 1) | ((height - 1) << 14),
      at,
    );
    return bytes;
  }
  const bytes = await drawing().jpeg().toBuffer();
  const at = bytes.indexOf(Buffer.of(0xff, 0xc0));
  bytes.writeUInt16BE(height, at + 5);
  bytes.writeUInt16BE(width, at + 7);
  return bytes;
}

/** 300 frames one below the other, as sharp reads and writes animations. */
function drawFrames(): Promise<Buffer> {
  const frames = { width: 40, height: 30 * 300, channels: 3, pageHeight: 30 } as const;
  const pixels = Buffer.alloc(40 * 30 * 300 * 3).map((_unused, at) => (at >> 6) & 255);
  return sharp(pixels, { raw: frames }).webp({ loop: 0 }).toBuffer();
}

const text = (name: string, content: Buffer) => pngChunk(name, content);
const compressed = (type: string, mebibytes: number) =>
  text(type, Buffer.concat([Buffer.from('a\0\0'), packedZeros(mebibytes)]));
const rows = deflateSync(Buffer.alloc(30 * (1 + 40 * 3)));
const small = { width: 40, height: 30, stream: rows };
const SOUND = /: 40 x 30/;
const OTHERS = {
  gif: 'GIF89a',
  tiff: 'II*\0',
  bmp: 'BM',
  heic: '\0\0\0\x18ftypheic',
  avif: '\0\0\0\x18ftypavif',
  svg: '<svg xmlns="http://www.w3.org/2000/svg"/>',
  pdf: '%PDF-1.7',
  html: '<!doctype html>',
  psd: '8BPS',
  exe: 'MZ',
};

export const smallImages: readonly FileInput[] = [
  image('PNG of 60,000²', 'a.png', () => png({ width: 60_000, height: 60_000 }), [
    /image-too-large.*178956970/,
  ]),
  image('PNG of 2³¹ by 2³¹', 'a.png', () => png({ width: 2 ** 31 - 1, height: 2 ** 31 - 1 }), [
    /image-too-large/,
  ]),
  image('JPEG of 65,500²', 'a.jpg', () => withSize('jpeg', 65_500, 65_500), [/image-too-large/]),
  image('WebP of 16,383²', 'a.webp.png', () => withSize('webp', 16_383, 16_383), [
    /image-too-large/,
  ]),
  image(
    'PNG that claims 13,000² and has one row',
    'a.png',
    () => png({ width: 13_000, height: 13_000 }),
    [/image-truncated|image-undecodable/],
    { megabytes: 900 },
  ),
  image(
    'JPEG that claims 13,000² and has a few',
    'a.jpg',
    () => withSize('jpeg', 13_000, 13_000),
    [/13000 x 13000|image-truncated|image-undecodable/],
    { megabytes: 900, seconds: 12 },
  ),
  image(
    'PNG with 256 MiB behind its pixels',
    'a.png',
    () => png({ ...small, stream: deflateSync(Buffer.alloc(256 * MIB)) }),
    [SOUND],
    { seconds: 8 },
  ),
  image(
    'PNG with 64 MiB of text in 64 KiB',
    'a.png',
    () => png({ ...small, before: [compressed('zTXt', 64)] }),
    [SOUND],
  ),
  image(
    'PNG with a profile of 64 MiB in 64 KiB',
    'a.png',
    () => png({ ...small, before: [compressed('iCCP', 64)] }),
    [SOUND],
  ),
  image('PNG in chunks of one byte', 'a.png', () => png({ ...small, idatBytes: 1 }), [SOUND]),
  image(
    'PNG with 100,000 chunks',
    'a.png',
    () =>
      png({
        ...small,
        before: Array.from({ length: 100_000 }, () => text('tEXt', Buffer.from('a\0b'))),
      }),
    [SOUND],
  ),
  image(
    'PNG of one pixel by 1,000,000',
    'a.png',
    () => png({ width: 1, height: 1_000_000, stream: deflateSync(Buffer.alloc(4_000_000)) }),
    [/1 x 1000000|image-/],
  ),
  image(
    'PNG of 1,000,000 pixels by one',
    'a.png',
    () => png({ width: 1_000_000, height: 1, stream: deflateSync(Buffer.alloc(3_000_001)) }),
    [/1000000 x 1|image-/],
  ),
  image(
    'PNG of two bytes in each',
    'a.png',
    () =>
      png({
        width: 3000,
        height: 2000,
        depth: 16,
        isInterlaced: true,
        stream: deflateSync(Buffer.alloc(40_000_000)),
      }),
    [/3000 x 2000/],
    { seconds: 8, megabytes: 500 },
  ),
  image(
    'animated PNG of 1,000 frames',
    'a.png',
    () => png({ ...small, before: [pngChunk('acTL', Buffer.from([0, 0, 3, 232, 0, 0, 0, 0]))] }),
    [SOUND],
  ),
  image('JPEG of 2,000 scans', 'a.jpg', drawManyScans, [/image-too-large.*2\d+ scans/], {
    seconds: 6,
  }),
  image(
    'JPEG with 500 comments of 60 KB',
    'a.jpg',
    async () => {
      const jpeg = await drawing().jpeg().toBuffer();
      const comment = Buffer.alloc(60_002);
      comment.writeUInt16BE(0xfffe);
      comment.writeUInt16BE(60_000, 2);
      return Buffer.concat([
        jpeg.subarray(0, 2),
        ...new Array<Buffer>(500).fill(comment),
        jpeg.subarray(2),
      ]);
    },
    [SOUND],
  ),
  image(
    'JPEG that is an archive as well',
    'a.jpg',
    async () =>
      Buffer.concat([await drawing().jpeg().toBuffer(), Buffer.from('PK\x03\x04PK\x05\x06')]),
    [SOUND],
  ),
  image('WebP of 300 frames', 'a.png', drawFrames, [SOUND]),
  image(
    'WebP whose chunks contain each other',
    'a.png',
    async () => {
      const webp = await drawing().webp().toBuffer();
      webp.writeUInt32LE(0xfffffff0, 16);
      return webp;
    },
    [/image-truncated|image-undecodable/],
  ),
  image('nothing', 'a.png', () => Buffer.alloc(0), [/empty-file/]),
  image('a signature alone', 'a.png', () => picture.subarray(0, 8), [/image-truncated/]),
  ...Object.entries(OTHERS).map(([kind, head]) =>
    image(
      `${kind} under another name`,
      'a.jpg',
      () => Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(500)]),
      [/not-an-image/],
    ),
  ),
];

/** All bits of a PNG of 13,000² that are one: few bytes, which are unpacked to 507 MB. */
const whitePng = () => {
  const stream = deflateSync(
    Buffer.alloc(13_000 * 1_626, 255).map((byte, at) => (at % 1_626 === 0 ? 0 : byte)),
    { level: 9 },
  );
  return png({ width: 13_000, height: 13_000, depth: 1, colour: 0, stream });
};

export const largeImages: readonly FileInput[] = [
  image('PNG of 13,000² in few bytes', 'a.png', whitePng, [/13000 x 13000/], {
    seconds: 15,
    megabytes: 1_000,
  }),
];
