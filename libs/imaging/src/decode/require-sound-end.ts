import { undecodable, type JpegFrame } from './jpeg-frame.js';

const MARKER = 0xff;
const TEMPORARY = 0x01;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const HUFFMAN_TABLES = 0xc4;
const ARITHMETIC_TABLES = 0xcc;
const QUANTIZATION_TABLES = 0xdb;
const RESTART_INTERVAL = 0xdd;
/** Frames with which libjpeg would begin, if this were not the second one. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2, 0xc9, 0xca]);
const LINES = 0xdc;
const COMMENT = 0xfe;
const COEFFICIENTS = 64;
const MAX_CODES = 256;
/** Pillow passes this many bytes to libjpeg at a time, and none after those with the last pixels. */
const BLOCK_BYTES = 65_536;

/**
 * Refuses a JPEG in one scan for what follows that scan, where Pillow does. Its libjpeg reads on to the end of
 * the image after the last row, in the bytes that it has by then, and refuses markers that it cannot use there.
 * sharp does not look at them. For images in several scans both read everything.
 * @throws {PermanentError} `image-undecodable`
 */
export function requireSoundEnd(bytes: Uint8Array, { scanAt }: Pick<JpegFrame, 'scanAt'>): void {
  let at = findMarker(bytes, scanAt);
  if (at < 0) return;
  const end = Math.min(bytes.length, Math.ceil((at + 2) / BLOCK_BYTES) * BLOCK_BYTES);
  const seen = new DataView(bytes.buffer, bytes.byteOffset, end);
  while (at >= 0 && at + 1 < end) {
    const marker = seen.getUint8(at + 1);
    if (marker === END_OF_IMAGE) return;
    const length = isAlone(marker) ? 0 : requireSoundSegment(marker, seen, at + 2);
    if (length === undefined) return;
    at = findMarker(bytes, at + 2 + length);
  }
}

/** The next marker: not a byte of 255 in the data, nor one that fills up. */
function findMarker(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(MARKER, from);
  while (at >= 0 && (bytes[at + 1] === 0 || bytes[at + 1] === MARKER)) {
    at = bytes.indexOf(MARKER, at + (bytes[at + 1] === 0 ? 2 : 1));
  }
  return at;
}

function isAlone(marker: number): boolean {
  return marker === TEMPORARY || (marker >= 0xd0 && marker <= 0xd7);
}

/** @returns the segment's length, or undefined if it goes on beyond what Pillow reads */
function requireSoundSegment(marker: number, bytes: DataView, at: number): number | undefined {
  const known = bytes.byteLength - at;
  if (FRAMES.has(marker)) {
    if (known >= 8) throw undecodable();
    return undefined;
  }
  const isSkipped = (marker & 0xf0) === 0xe0 || marker === COMMENT || marker === LINES;
  const requireSound = READERS.get(marker);
  if (!isSkipped && requireSound === undefined) throw undecodable();
  if (known < 2) return undefined;
  const length = bytes.getUint16(at);
  const content = new DataView(bytes.buffer, bytes.byteOffset + at + 2, known - 2);
  if (requireSound?.(content, length - 2) === false) return undefined;
  return Math.max(2, length);
}

/** Reads a segment's content of so many bytes. Returns false if it ends before. */
type RequireSound = (content: DataView, length: number) => boolean;

const READERS = new Map<number, RequireSound>([
  [START_OF_SCAN, refuseScan],
  [HUFFMAN_TABLES, requireHuffmanTables],
  [ARITHMETIC_TABLES, requireArithmeticTables],
  [QUANTIZATION_TABLES, requireQuantizationTables],
  [RESTART_INTERVAL, requireRestartInterval],
]);

function refuseScan(content: DataView, length: number): boolean {
  if (content.byteLength < 1) return false;
  const components = content.getUint8(0);
  const isSound = length === components * 2 + 4 && components >= 1 && components <= 4;
  if (!isSound || content.byteLength >= length) throw undecodable();
  return false;
}

function requireHuffmanTables(content: DataView, length: number): boolean {
  let at = 0;
  while (length - at > 16) {
    if (at + 17 > content.byteLength) return false;
    let codes = 0;
    for (let bits = 1; bits <= 16; bits++) codes += content.getUint8(at + bits);
    if (codes > MAX_CODES || codes > length - at - 17) throw undecodable();
    if (at + 17 + codes > content.byteLength) return false;
    if ((content.getUint8(at) & ~0x10) >= 4) throw undecodable();
    at += 17 + codes;
  }
  if (at !== length) throw undecodable();
  return true;
}

function requireArithmeticTables(content: DataView, length: number): boolean {
  let at = 0;
  for (; at < length; at += 2) {
    if (at + 2 > content.byteLength) return false;
    const [table, value] = [content.getUint8(at), content.getUint8(at + 1)];
    if (table >= 32 || (table < 16 && (value & 15) > value >> 4)) throw undecodable();
  }
  if (at !== length) throw undecodable();
  return true;
}

function requireQuantizationTables(content: DataView, length: number): boolean {
  let at = 0;
  while (at < length) {
    if (at + 1 > content.byteLength) return false;
    const table = content.getUint8(at);
    if ((table & 15) >= 4) throw undecodable();
    at += 1 + COEFFICIENTS * (table >> 4 === 0 ? 1 : 2);
    if (at > content.byteLength) return false;
  }
  if (at !== length) throw undecodable();
  return true;
}

function requireRestartInterval(content: DataView, length: number): boolean {
  if (length !== 2) throw undecodable();
  return content.byteLength >= 2;
}
