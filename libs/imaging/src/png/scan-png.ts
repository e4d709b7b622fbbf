import { crc32 } from 'node:zlib';
import { MAX_IMAGE_PIXELS } from '../decode/sharp-options.js';
import { isChunkType } from './chunk-type.js';
import { CrcOfPieces } from './crc-of-pieces.js';

/** A plain PNG: 8-bit RGB or RGBA, not interlaced, all chunks in order and undamaged. */
export interface PlainPng {
  readonly widthPx: number;
  readonly heightPx: number;
  /** 3 for RGB, 4 for RGBA. */
  readonly pixelBytes: 3 | 4;
  /** Content of the IDAT chunks: one zlib stream in pieces. */
  readonly idat: readonly Buffer[];
}

const SIGNATURE_BYTES = 8;
/** Length and type before a chunk's data, CRC behind it. */
const CHUNK_HEAD_BYTES = 8;
const CHUNK_OVERHEAD_BYTES = 12;
const TRUECOLOUR = 2;
const TRUECOLOUR_ALPHA = 6;
/** Ancillary chunks that change pixels or frames. */
const UNPLAIN = new Set(['tRNS', 'acTL', 'fcTL', 'fdAT']);

/**
 * Describes a plain PNG after checking its structure and CRCs. Undefined for every other file, unusual, damaged
 * or of another kind: `decodePng` handles those.
 * @param fileCrc32 CRC-32 of the whole file, if it has been checked. The CRCs of the chunks are then compared
 *   with it, without reading their data. A single wrong chunk is always found
 */
export function scanPng(bytes: Uint8Array, fileCrc32?: number): PlainPng | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const idat: Buffer[] = [];
  let header: Omit<PlainPng, 'idat'> | undefined;
  let previous = '';
  let offset = SIGNATURE_BYTES;
  const whole = new CrcOfPieces();
  whole.addBytes(file, 0, SIGNATURE_BYTES);
  while (offset + CHUNK_OVERHEAD_BYTES <= file.length) {
    const end = offset + CHUNK_OVERHEAD_BYTES + file.readUInt32BE(offset);
    if (end > file.length) return undefined;
    const stored = file.readUInt32BE(end - 4);
    if (fileCrc32 === undefined) {
      if (crc32(file.subarray(offset + 4, end - 4)) !== stored) return undefined;
    } else {
      whole.addBytes(file, offset, offset + 4);
      whole.addPiece(stored, end - offset - CHUNK_HEAD_BYTES);
      whole.addBytes(file, end - 4, end);
    }
    const type = file.toString('latin1', offset + 4, offset + CHUNK_HEAD_BYTES);
    const data = file.subarray(offset + CHUNK_HEAD_BYTES, end - 4);
    if (type === 'IEND') {
      const isSound = fileCrc32 === undefined || whole.value === fileCrc32;
      const isWhole = header !== undefined && idat.length > 0 && end === file.length;
      return isSound && isWhole && data.length === 0
        ? ({ ...header, idat } as PlainPng)
        : undefined;
    }
    if (type === 'IHDR') {
      if (previous !== '') return undefined;
      header = plainHeader(data);
    } else if (type === 'IDAT') {
      if (idat.length > 0 && previous !== 'IDAT') return undefined;
      idat.push(data);
    } else if (!isAncillary(type) || !isChunkType(type) || UNPLAIN.has(type)) {
      return undefined;
    }
    if (header === undefined) return undefined;
    previous = type;
    offset = end;
  }
  return undefined;
}

function plainHeader(data: Buffer): Omit<PlainPng, 'idat'> | undefined {
  if (data.length !== 13) return undefined;
  const widthPx = data.readUInt32BE(0);
  const heightPx = data.readUInt32BE(4);
  const [depth, colour, compression, filter, interlace] = data.subarray(8);
  const isPlain = depth === 8 && compression === 0 && filter === 0 && interlace === 0;
  const pixels = widthPx * heightPx;
  if (!isPlain || pixels === 0 || pixels > MAX_IMAGE_PIXELS) return undefined;
  if (colour === TRUECOLOUR) return { widthPx, heightPx, pixelBytes: 3 };
  return colour === TRUECOLOUR_ALPHA ? { widthPx, heightPx, pixelBytes: 4 } : undefined;
}

/** Whether readers may skip a chunk: bit 5 of its first letter. */
function isAncillary(type: string): boolean {
  return (type.charCodeAt(0) & 0x20) !== 0;
}
