/**
 * Undoes the filter of a row (PNG specification, 9.2), only for some bytes of each pixel: bytes at different
 * offsets within a pixel do not depend on each other.
 * @param row filtered row, which is changed in place
 * @param above the row above; zeros for the first one
 * @param pixelBytes distance to the byte's left neighbour, at least 1
 * @param wanted offsets within a pixel of the bytes that are needed
 * @returns false if the filter is unknown
 */
export function unfilterRow(
  filter: number,
  row: Uint8Array,
  above: Uint8Array,
  pixelBytes: number,
  wanted: readonly number[],
): boolean {
  if (filter === 2) undoUp(row, above);
  else if (filter === 1) for (const first of wanted) undoSub(row, first, pixelBytes);
  else if (filter === 3) for (const first of wanted) undoAverage(row, above, first, pixelBytes);
  else if (filter === 4) for (const first of wanted) undoPaeth(row, above, first, pixelBytes);
  return filter <= 4;
}

function undoUp(row: Uint8Array, above: Uint8Array): void {
  for (let i = 0; i < row.length; i++) row[i] = (row[i] ?? 0) + (above[i] ?? 0);
}

function undoSub(row: Uint8Array, first: number, step: number): void {
  let left = 0;
  for (let i = first; i < row.length; i += step) {
    left = (left + (row[i] ?? 0)) & 255;
    row[i] = left;
  }
}

function undoAverage(row: Uint8Array, above: Uint8Array, first: number, step: number): void {
  let left = 0;
  for (let i = first; i < row.length; i += step) {
    left = ((row[i] ?? 0) + ((left + (above[i] ?? 0)) >> 1)) & 255;
    row[i] = left;
  }
}

function undoPaeth(row: Uint8Array, above: Uint8Array, first: number, step: number): void {
  let left = 0;
  let upperLeft = 0;
  for (let i = first; i < row.length; i += step) {
    const upper = above[i] ?? 0;
    const acrossLeft = upper - upperLeft;
    const acrossUpper = left - upperLeft;
    const toLeft = Math.abs(acrossLeft);
    const toUpper = Math.abs(acrossUpper);
    const toUpperLeft = Math.abs(acrossLeft + acrossUpper);
    let nearest = toUpper <= toUpperLeft ? upper : upperLeft;
    if (toLeft <= toUpper && toLeft <= toUpperLeft) nearest = left;
    left = ((row[i] ?? 0) + nearest) & 255;
    row[i] = left;
    upperLeft = upper;
  }
}
