import { deflateSync } from 'node:zlib';
import { pngChunk } from '../../libs/imaging/tests/make-png.js';

interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  readonly colour?: number;
  readonly isInterlaced?: boolean;
  /** The zlib stream; one row that is missing by default. */
  readonly stream?: Buffer;
  readonly idatBytes?: number;
  readonly before?: readonly Buffer[];
}

/** A PNG with right checksums that need not hold what its header says. */
export function makeOddPng({
  width,
  height,
  depth = 8,
  colour = 2,
  isInterlaced = false,
  ...parts
}: PngParts): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, isInterlaced ? 1 : 0], 8);
  const { stream = deflateSync(Buffer.alloc(10)), before = [] } = parts;
  const step = parts.idatBytes ?? stream.length;
  const idat: Buffer[] = [];
  for (let at = 0; at < stream.length; at += step)
    idat.push(pngChunk('IDAT', stream.subarray(at, at + step)));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    ...before,
    ...idat,
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}
