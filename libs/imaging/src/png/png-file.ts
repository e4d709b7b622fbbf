import { crc32 } from 'node:zlib';
import { isChunkType } from './chunk-type.js';
import { toInvalidPngError, toTruncatedPngError } from './png-error.js';
import { addHeader, PALETTE, requireHeader, type PngHeader } from './png-header.js';

export interface PngFile {
  readonly header: PngHeader;
  /** Colours of the palette, RGB; empty if there is none. */
  readonly palette: Uint8Array;
  /** The content of the IDAT chunks in pieces, as Pillow reads them: a chunk, or 64 KB of it. */
  readonly idat: readonly Buffer[];
  /** End of the chunk of each piece; its CRC is there. */
  readonly chunkEnds: readonly number[];
}

const SIGNATURE_BYTES = 8;
/** Length and type before a chunk's data, CRC behind it. */
const CHUNK_HEAD_BYTES = 8;
const CRC_BYTES = 4;
/** Pillow passes this many bytes of a chunk to its decoder at a time. */
const PIECE_BYTES = 65_536;
interface ChunkHead {
  readonly type: string;
  readonly from: number;
  readonly end: number;
}

/**
 * Reads a PNG as Pillow 9.4 does: all chunks before the pixels must be complete, with the right CRC; the last
 * palette is used, and of several headers what is said last; the CRCs of pixel data are not checked.
 * @throws {PermanentError} `image-truncated`, `image-undecodable`, `image-too-large`
 */
export function readPngFile(bytes: Uint8Array): PngFile {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: Partial<PngHeader> = {};
  let palette: Uint8Array = new Uint8Array(0);
  let chunk = requireHead(file, SIGNATURE_BYTES);
  // Pillow skips pixels before a header that it understands.
  const isPixels = () => chunk.type === 'IDAT' && header.colour !== undefined;
  for (; !isPixels(); chunk = requireHead(file, chunk.end + CRC_BYTES)) {
    if (chunk.type === 'IEND' || chunk.type === 'fdAT') throw toInvalidPngError('has no pixels');
    if (chunk.end + CRC_BYTES > file.length) throw toTruncatedPngError();
    const stored = file.readUInt32BE(chunk.end);
    if (crc32(file.subarray(chunk.from - 4, chunk.end)) !== stored) {
      throw toInvalidPngError(`has a wrong checksum in its ${chunk.type} chunk`);
    }
    const data = file.subarray(chunk.from, chunk.end);
    if (chunk.type === 'IHDR') header = addHeader(header, data);
    else if (chunk.type === 'PLTE' && header.colour === PALETTE) palette = data;
  }
  return { header: requireHeader(header), palette, ...readPieces(file, chunk) };
}

/** The pieces of pixel data, up to the first other chunk or the end of the file. */
function readPieces(file: Buffer, first: ChunkHead): Pick<PngFile, 'idat' | 'chunkEnds'> {
  const idat: Buffer[] = [];
  const chunkEnds: number[] = [];
  for (let chunk: ChunkHead | undefined = first; chunk?.type === 'IDAT';) {
    for (let from = chunk.from; from < chunk.end; from += PIECE_BYTES) {
      const piece = file.subarray(from, Math.min(from + PIECE_BYTES, chunk.end));
      if (piece.length === 0) break;
      idat.push(piece);
      chunkEnds.push(chunk.end);
    }
    chunk = readHead(file, chunk.end + CRC_BYTES);
  }
  return { idat, chunkEnds };
}

/**
 * Reads the chunks behind the last piece that was needed, as Pillow does. If one is cut off, the image fails,
 * unless only a CRC or the head of a chunk is.
 * @param chunkEnd end of the chunk of that piece
 * @throws {PermanentError} `image-truncated`
 */
export function requireWholeTail(bytes: Uint8Array, chunkEnd: number): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let chunk = readHead(file, chunkEnd + CRC_BYTES);
  while (chunk !== undefined && chunk.type !== 'IEND') {
    if (chunk.end > file.length) throw toTruncatedPngError();
    if (chunk.type === 'IHDR') addHeader({}, file.subarray(chunk.from, chunk.end));
    chunk = readHead(file, chunk.end + CRC_BYTES);
  }
}

function readHead(file: Buffer, at: number): ChunkHead | undefined {
  if (at + CHUNK_HEAD_BYTES > file.length) return undefined;
  const type = file.toString('latin1', at + 4, at + CHUNK_HEAD_BYTES);
  const from = at + CHUNK_HEAD_BYTES;
  return isChunkType(type) ? { type, from, end: from + file.readUInt32BE(at) } : undefined;
}

function requireHead(file: Buffer, at: number): ChunkHead {
  const chunk = readHead(file, at);
  if (chunk !== undefined) return chunk;
  throw at + CHUNK_HEAD_BYTES > file.length
    ? toTruncatedPngError()
    : toInvalidPngError('has something else than a chunk');
}
