const SUB: u8 = 1;
const UP: u8 = 2;
const AVERAGE: u8 = 3;
const PAETH: u8 = 4;

/** Rows a step works on: each lane of 32 bits holds one pixel of one row. */
const LANES: i32 = 4;

/**
 * Undoes the filters of a PNG's rows. Four rows at once, each a pixel behind the one above it, so that
 * a pixel finds its upper neighbour done: the chain of dependencies along a row is paid once for four.
 *
 * @param raw rows as inflated, a filter byte and pixels of `pixelBytes` (3 or 4) each
 * @param columns pixels wanted of each row, from its left end on
 * @param rows a multiple of four
 * @param target RGB rows, `stride` bytes apart; the row above the first one holds the row before it.
 *   Rows need 16 bytes of room on either side: the wavefront runs over both ends.
 * @returns false when a row has a filter that does not exist
 */
export function unfilterRows(
  raw: usize,
  rawStride: i32,
  pixelBytes: i32,
  columns: i32,
  rows: i32,
  target: usize,
  stride: i32,
): bool {
  for (let y = 0; y < rows; y += LANES) {
    const row = raw + <usize>(y * rawStride);
    const out = target + <usize>(y * stride);
    let isPaeth = true;
    for (let lane = 0; lane < LANES; lane++) {
      const filter = load<u8>(row + <usize>(lane * rawStride));
      if (filter > PAETH) return false;
      isPaeth = isPaeth && filter == PAETH;
    }
    if (isPaeth) unfilterPaeth(row, rawStride, pixelBytes, columns, out, stride);
    else unfilterMixed(row, rawStride, pixelBytes, columns, out, stride);
  }
  return true;
}

function unfilterPaeth(
  raw: usize,
  rawStride: i32,
  pixelBytes: i32,
  columns: i32,
  target: usize,
  stride: i32,
): void {
  const above = target - <usize>stride;
  const inStep = <usize>(rawStride - pixelBytes);
  const outStep = <usize>(stride - 3);
  let pixels = i32x4.splat(0);
  let upperLeft = i32x4.splat(0);
  let from = raw + 1;
  let to = target;
  let up = above;
  for (let step = 0; step < columns + LANES - 1; step++) {
    let filtered = loadLanes(from, inStep);
    if (step < LANES - 1) filtered = v128.and(filtered, startedLanes(step));
    const upper = upperPixels(pixels, up);
    pixels = i8x16.add(filtered, paeth(pixels, upper, upperLeft));
    upperLeft = upper;
    storeLanes(to, outStep, pixels);
    from += pixelBytes;
    to += 3;
    up += 3;
  }
}

function unfilterMixed(
  raw: usize,
  rawStride: i32,
  pixelBytes: i32,
  columns: i32,
  target: usize,
  stride: i32,
): void {
  const filters = loadFilters(raw, rawStride);
  const isSub = i32x4.eq(filters, i32x4.splat(SUB));
  const isUp = i32x4.eq(filters, i32x4.splat(UP));
  const isAverage = i32x4.eq(filters, i32x4.splat(AVERAGE));
  const isPaeth = i32x4.eq(filters, i32x4.splat(PAETH));
  const above = target - <usize>stride;
  const inStep = <usize>(rawStride - pixelBytes);
  const outStep = <usize>(stride - 3);
  let pixels = i32x4.splat(0);
  let upperLeft = i32x4.splat(0);
  let from = raw + 1;
  let to = target;
  let up = above;
  for (let step = 0; step < columns + LANES - 1; step++) {
    let filtered = loadLanes(from, inStep);
    if (step < LANES - 1) filtered = v128.and(filtered, startedLanes(step));
    const upper = upperPixels(pixels, up);
    const prediction = v128.or(
      v128.or(
        v128.and(isPaeth, paeth(pixels, upper, upperLeft)),
        v128.and(isAverage, average(pixels, upper)),
      ),
      v128.or(v128.and(isSub, pixels), v128.and(isUp, upper)),
    );
    pixels = i8x16.add(filtered, prediction);
    upperLeft = upper;
    storeLanes(to, outStep, pixels);
    from += pixelBytes;
    to += 3;
    up += 3;
  }
}

function loadFilters(raw: usize, rawStride: i32): v128 {
  let filters = i32x4.splat(0);
  filters = i32x4.replace_lane(filters, 0, load<u8>(raw));
  filters = i32x4.replace_lane(filters, 1, load<u8>(raw + <usize>rawStride));
  filters = i32x4.replace_lane(filters, 2, load<u8>(raw + <usize>(2 * rawStride)));
  return i32x4.replace_lane(filters, 3, load<u8>(raw + <usize>(3 * rawStride)));
}

/** One pixel of each row; lane n lies `step` bytes after lane n - 1: a row below, a pixel to the left. */
// @ts-ignore: decorator
@inline
function loadLanes(address: usize, step: usize): v128 {
  let lanes = v128.load32_zero(address);
  address += step;
  lanes = v128.load32_lane(address, lanes, 1);
  address += step;
  lanes = v128.load32_lane(address, lanes, 2);
  return v128.load32_lane(address + step, lanes, 3);
}

/** The fourth byte goes to the next pixel's place, which is written later. */
// @ts-ignore: decorator
@inline
function storeLanes(address: usize, step: usize, lanes: v128): void {
  v128.store32_lane(address, lanes, 0);
  address += step;
  v128.store32_lane(address, lanes, 1);
  address += step;
  v128.store32_lane(address, lanes, 2);
  v128.store32_lane(address + step, lanes, 3);
}

/** Before a row's first pixel all is zero, which every filter keeps: lanes that wait stay zero. */
// @ts-ignore: decorator
@inline
function startedLanes(step: i32): v128 {
  return i32x4.le_s(i32x4(0, 1, 2, 3), i32x4.splat(step));
}

/** The pixel above each lane's: of the row before for the first, of the lane before for the others. */
// @ts-ignore: decorator
@inline
function upperPixels(previous: v128, up: usize): v128 {
  return v128.shuffle<u32>(v128.load32_zero(up), previous, 0, 4, 5, 6);
}

// @ts-ignore: decorator
@inline
function average(left: v128, upper: v128): v128 {
  const isOdd = v128.and(v128.xor(left, upper), i8x16.splat(1));
  return i8x16.sub(i8x16.avgr_u(left, upper), isOdd);
}

/**
 * The Paeth predictor (PNG specification, 9.4) in 8 bits: where left and upper lie on one side of
 * upper left, the distance to the latter is the largest of the three; else it is the difference.
 */
// @ts-ignore: decorator
@inline
function paeth(left: v128, upper: v128, upperLeft: v128): v128 {
  const maxLeft = i8x16.max_u(left, upperLeft);
  const maxUpper = i8x16.max_u(upper, upperLeft);
  const toLeft = i8x16.sub(maxUpper, i8x16.min_u(upper, upperLeft));
  const toUpper = i8x16.sub(maxLeft, i8x16.min_u(left, upperLeft));
  const isOneSide = i8x16.eq(i8x16.eq(maxLeft, left), i8x16.eq(maxUpper, upper));
  const nearest = i8x16.min_u(toLeft, toUpper);
  const toUpperLeft = v128.or(isOneSide, i8x16.sub(i8x16.max_u(toLeft, toUpper), nearest));
  const least = i8x16.min_u(nearest, toUpperLeft);
  const upperOrUpperLeft = v128.bitselect(upper, upperLeft, i8x16.eq(toUpper, least));
  return v128.bitselect(left, upperOrUpperLeft, i8x16.eq(toLeft, least));
}
