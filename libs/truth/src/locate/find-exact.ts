import type { RgbImage } from '@cullstream/imaging';

/** Position of the upper left corner of a part in a picture, in pixels. */
export interface Position {
  readonly leftPx: number;
  readonly topPx: number;
}

/** The search ends after two positions: it is then known that the first is not the only one. */
const MOST_POSITIONS = 2;
/** Odd, so that no power of it loses bits modulo 2^32. */
const BASE = 0x9e3779b1;
/** Number of rows from which a distinctive one is chosen. */
const ROWS_LOOKED_AT = 64;

/**
 * Finds the positions in a picture at which all pixels of a part are the same. One row of the part is
 * searched by a rolling hash (Karp and Rabin, 1987); where the hash agrees, every pixel is compared.
 * @param picture RGB, 8 bits
 * @param part not larger than `picture`
 * @returns none, the only position, or the first two of several
 */
export function findExact(picture: RgbImage, part: RgbImage): Position[] {
  const telling = rarestFirst(part);
  const [row = 0] = telling;
  const wanted = hashPixels(part, row, part.widthPx);
  const found: Position[] = [];
  for (let topPx = 0; topPx <= picture.heightPx - part.heightPx; topPx++) {
    for (const leftPx of findHash(picture, topPx + row, part.widthPx, wanted)) {
      if (!isAt(picture, part, { leftPx, topPx }, telling)) continue;
      found.push({ leftPx, topPx });
      if (found.length === MOST_POSITIONS) return found;
    }
  }
  return found;
}

/** The sum of pixel * BASE^(length - 1 - column) over the first pixels of a row, modulo 2^32. */
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
 * Some rows of the part, distinctive ones first: rows that few others are equal to, then rows whose
 * neighbouring pixels differ often. A rare row is found at few places.
 */
function rarestFirst(part: RgbImage): number[] {
  const count = Math.min(part.heightPx, ROWS_LOOKED_AT);
  const rows = Array.from({ length: count }, (_unused, index) => {
    const row = Math.floor(((index + 0.5) * part.heightPx) / count);
    return { row, hash: hashPixels(part, row, part.widthPx), changes: countChanges(part, row) };
  });
  const alike = (wanted: number) => rows.filter(({ hash }) => hash === wanted).length;
  return rows
    .map(({ row, hash, changes }) => ({ row, changes, alike: alike(hash) }))
    .sort((a, b) => a.alike - b.alike || b.changes - a.changes || a.row - b.row)
    .map(({ row }) => row);
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
  telling: readonly number[],
): boolean {
  const there = toBuffer(picture.pixels);
  const wanted = toBuffer(part.pixels);
  const rowBytes = part.widthPx * 3;
  const isRowThere = (row: number) => {
    const from = ((topPx + row) * picture.widthPx + leftPx) * 3;
    const at = row * rowBytes;
    return there.compare(wanted, at, at + rowBytes, from, from + rowBytes) === 0;
  };
  if (!telling.every(isRowThere)) return false;
  for (let row = 0; row < part.heightPx; row++) if (!isRowThere(row)) return false;
  return true;
}

function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
