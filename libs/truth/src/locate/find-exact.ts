import type { RgbImage } from '@cullstream/imaging';

/** Where the upper left corner of a part lies in a picture, in pixels. */
export interface Position {
  readonly leftPx: number;
  readonly topPx: number;
}

/** One more than is needed to know that a position is not the only one. */
const MOST_POSITIONS = 2;
/** Odd, so that no power of it loses bits modulo 2^32. */
const BASE = 0x9e3779b1;

/**
 * Finds where a part lies in a picture, pixel for pixel. One row of the part is looked for by a rolling
 * hash (Karp and Rabin, 1987); where the hash agrees, every pixel is compared.
 * @param picture RGB, 8 bits
 * @param part not larger than `picture`
 * @returns none, the only position, or the first two of several
 */
export function findExact(picture: RgbImage, part: RgbImage): Position[] {
  const rows = hashRows(part);
  const order = rarestFirst(rows, part);
  const row = order[0];
  if (row === undefined) return [];
  const found: Position[] = [];
  const wanted = rows[row] ?? 0;
  for (let topPx = 0; topPx <= picture.heightPx - part.heightPx; topPx++) {
    for (const leftPx of findHash(picture, topPx + row, part.widthPx, wanted)) {
      if (!isAt(picture, part, { leftPx, topPx }, order)) continue;
      found.push({ leftPx, topPx });
      if (found.length === MOST_POSITIONS) return found;
    }
  }
  return found;
}

/** Hash of each row: the sum of pixel * BASE^(width - 1 - column), modulo 2^32. */
function hashRows(part: RgbImage): Int32Array {
  const hashes = new Int32Array(part.heightPx);
  for (let y = 0; y < part.heightPx; y++) hashes[y] = hashPixels(part, y, part.widthPx);
  return hashes;
}

function hashPixels({ pixels, widthPx }: RgbImage, row: number, length: number): number {
  let hash = 0;
  const start = row * widthPx * 3;
  for (let at = start; at < start + length * 3; at += 3) {
    hash = (Math.imul(hash, BASE) + pixelAt(pixels, at)) | 0;
  }
  return hash;
}

function pixelAt(pixels: Uint8Array, at: number): number {
  return (pixels[at] ?? 0) | ((pixels[at + 1] ?? 0) << 8) | ((pixels[at + 2] ?? 0) << 16);
}

/**
 * Rows by how few others are like them, then by how often neighbours in them differ: a row that is
 * seldom is found at few places, and tells places apart at once.
 */
function rarestFirst(hashes: Int32Array, part: RgbImage): number[] {
  const alike = new Map<number, number>();
  for (const hash of hashes) alike.set(hash, (alike.get(hash) ?? 0) + 1);
  const rank = Array.from(hashes, (hash, row) => ({
    row,
    alike: alike.get(hash) ?? 0,
    changes: countChanges(part, row),
  }));
  rank.sort((a, b) => a.alike - b.alike || b.changes - a.changes || a.row - b.row);
  return rank.map(({ row }) => row);
}

function countChanges({ pixels, widthPx }: RgbImage, row: number): number {
  let changes = 0;
  const start = row * widthPx * 3;
  for (let at = start + 3; at < start + widthPx * 3; at += 3) {
    if (pixelAt(pixels, at) !== pixelAt(pixels, at - 3)) changes += 1;
  }
  return changes;
}

/** Columns of a row at which the next `length` pixels have this hash. */
function findHash(picture: RgbImage, row: number, length: number, wanted: number): number[] {
  const { pixels, widthPx } = picture;
  const columns: number[] = [];
  let hash = hashPixels(picture, row, length);
  let power = 1;
  for (let step = 1; step < length; step++) power = Math.imul(power, BASE);
  const start = row * widthPx * 3;
  const last = widthPx - length;
  for (let column = 0; ; column++) {
    if (hash === wanted) columns.push(column);
    if (column === last) return columns;
    const leaving = pixelAt(pixels, start + column * 3);
    const coming = pixelAt(pixels, start + (column + length) * 3);
    hash = (Math.imul((hash - Math.imul(leaving, power)) | 0, BASE) + coming) | 0;
  }
}

function isAt(
  picture: RgbImage,
  part: RgbImage,
  { leftPx, topPx }: Position,
  order: readonly number[],
): boolean {
  const there = toBuffer(picture.pixels);
  const wanted = toBuffer(part.pixels);
  const rowBytes = part.widthPx * 3;
  return order.every((row) => {
    const from = ((topPx + row) * picture.widthPx + leftPx) * 3;
    const at = row * rowBytes;
    return there.compare(wanted, at, at + rowBytes, from, from + rowBytes) === 0;
  });
}

function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
