import { PixelLanes } from './pixel-lanes';
import { AVERAGE, NONE, PAETH, Prediction, SUB, UP } from './prediction';

/** Number of rows in a step: each lane of 32 bits holds one pixel of one row. */
const LANES: i32 = 4;

/**
 * Undoes the filters of a PNG's rows, four rows at once. Each row is one pixel behind the row above it, so that
 * the upper neighbour of a pixel is always done. Within a row every pixel must wait for the one before; four
 * rows at once wait no longer than one.
 *
 * @param raw inflated rows, each with a filter byte and pixels of `pixelBytes` (3 or 4); up to 48 bytes behind
 *   them are read
 * @param columns number of pixels that are needed of each row, from its left end
 * @param rows a multiple of four
 * @param target RGB rows, `stride` bytes apart; the row before the first one must be right above them. Also
 *   writes up to 16 bytes before and 32 bytes behind a row, which must not be used otherwise.
 * @returns false if a row has an unknown filter
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
    let paeths = 0;
    let nones = 0;
    for (let lane = 0; lane < LANES; lane++) {
      const filter = load<u8>(row + <usize>(lane * rawStride));
      if (filter > PAETH) return false;
      paeths += i32(filter == PAETH);
      nones += i32(filter == NONE);
    }
    if (paeths == LANES) {
      unfilterPaeth(row, rawStride, pixelBytes, columns, out, stride);
    } else if (nones == LANES && pixelBytes == 3) {
      for (let lane = 0; lane < LANES; lane++) {
        const from = row + <usize>(lane * rawStride + 1);
        memory.copy(out + <usize>(lane * stride), from, <usize>(columns * 3));
      }
    } else {
      unfilterMixed(row, rawStride, pixelBytes, columns, out, stride);
    }
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
  const toLanes = toLaneOrder(pixelBytes);
  const toBytes = i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
  const rgbToLanes = toLaneOrder(3);
  const inStep = <usize>(rawStride - pixelBytes);
  const outStep = <usize>(stride - 3);
  let pixels = i32x4.splat(0);
  let upperLeft = i32x4.splat(0);
  let from = raw + 1;
  let to = target;
  let before = target - <usize>stride;
  for (let step = 0; step < columns + LANES - 1; step += 4) {
    // Four pixels of each row; lane n lies a row below and a pixel to the left of lane n - 1.
    const row0 = i8x16.swizzle(v128.load(from), toLanes);
    const row1 = i8x16.swizzle(v128.load(from + inStep), toLanes);
    const row2 = i8x16.swizzle(v128.load(from + 2 * inStep), toLanes);
    const row3 = i8x16.swizzle(v128.load(from + 3 * inStep), toLanes);
    const rowBefore = i8x16.swizzle(v128.load(before), rgbToLanes);
    const low01 = PixelLanes.low(row0, row1);
    const low23 = PixelLanes.low(row2, row3);
    const high01 = PixelLanes.high(row0, row1);
    const high23 = PixelLanes.high(row2, row3);
    let filtered0 = PixelLanes.lowPairs(low01, low23);
    let filtered1 = PixelLanes.highPairs(low01, low23);
    let filtered2 = PixelLanes.lowPairs(high01, high23);
    const filtered3 = PixelLanes.highPairs(high01, high23);
    if (step == 0) {
      // Left of a row all is zero, which every filter keeps: lanes that wait stay zero.
      filtered0 = v128.and(filtered0, i32x4(-1, 0, 0, 0));
      filtered1 = v128.and(filtered1, i32x4(-1, -1, 0, 0));
      filtered2 = v128.and(filtered2, i32x4(-1, -1, -1, 0));
    }
    const upper0 = PixelLanes.above(rowBefore, pixels, 0);
    const pixels0 = i8x16.add(filtered0, Prediction.paeth(pixels, upper0, upperLeft));
    const upper1 = PixelLanes.above(rowBefore, pixels0, 1);
    const pixels1 = i8x16.add(filtered1, Prediction.paeth(pixels0, upper1, upper0));
    const upper2 = PixelLanes.above(rowBefore, pixels1, 2);
    const pixels2 = i8x16.add(filtered2, Prediction.paeth(pixels1, upper2, upper1));
    const upper3 = PixelLanes.above(rowBefore, pixels2, 3);
    pixels = i8x16.add(filtered3, Prediction.paeth(pixels2, upper3, upper2));
    upperLeft = upper3;
    const low01Out = PixelLanes.low(pixels0, pixels1);
    const low23Out = PixelLanes.low(pixels2, pixels);
    const high01Out = PixelLanes.high(pixels0, pixels1);
    const high23Out = PixelLanes.high(pixels2, pixels);
    // The last four of each sixteen bytes are the next pixels' place, which is written later.
    v128.store(to, i8x16.swizzle(PixelLanes.lowPairs(low01Out, low23Out), toBytes));
    v128.store(to + outStep, i8x16.swizzle(PixelLanes.highPairs(low01Out, low23Out), toBytes));
    v128.store(to + 2 * outStep, i8x16.swizzle(PixelLanes.lowPairs(high01Out, high23Out), toBytes));
    v128.store(
      to + 3 * outStep,
      i8x16.swizzle(PixelLanes.highPairs(high01Out, high23Out), toBytes),
    );
    from += 4 * pixelBytes;
    to += 12;
    before += 12;
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
  const toLanes = toLaneOrder(pixelBytes);
  const toBytes = i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
  const rgbToLanes = toLaneOrder(3);
  const inStep = <usize>(rawStride - pixelBytes);
  const outStep = <usize>(stride - 3);
  let pixels = i32x4.splat(0);
  let upperLeft = i32x4.splat(0);
  let from = raw + 1;
  let to = target;
  let before = target - <usize>stride;
  for (let step = 0; step < columns + LANES - 1; step += 4) {
    // Four pixels of each row; lane n lies a row below and a pixel to the left of lane n - 1.
    const row0 = i8x16.swizzle(v128.load(from), toLanes);
    const row1 = i8x16.swizzle(v128.load(from + inStep), toLanes);
    const row2 = i8x16.swizzle(v128.load(from + 2 * inStep), toLanes);
    const row3 = i8x16.swizzle(v128.load(from + 3 * inStep), toLanes);
    const rowBefore = i8x16.swizzle(v128.load(before), rgbToLanes);
    const low01 = PixelLanes.low(row0, row1);
    const low23 = PixelLanes.low(row2, row3);
    const high01 = PixelLanes.high(row0, row1);
    const high23 = PixelLanes.high(row2, row3);
    let filtered0 = PixelLanes.lowPairs(low01, low23);
    let filtered1 = PixelLanes.highPairs(low01, low23);
    let filtered2 = PixelLanes.lowPairs(high01, high23);
    const filtered3 = PixelLanes.highPairs(high01, high23);
    if (step == 0) {
      // Left of a row all is zero, which every filter keeps: lanes that wait stay zero.
      filtered0 = v128.and(filtered0, i32x4(-1, 0, 0, 0));
      filtered1 = v128.and(filtered1, i32x4(-1, -1, 0, 0));
      filtered2 = v128.and(filtered2, i32x4(-1, -1, -1, 0));
    }
    const upper0 = PixelLanes.above(rowBefore, pixels, 0);
    const pixels0 = i8x16.add(
      filtered0,
      Prediction.mixed(pixels, upper0, upperLeft, isSub, isUp, isAverage, isPaeth),
    );
    const upper1 = PixelLanes.above(rowBefore, pixels0, 1);
    const pixels1 = i8x16.add(
      filtered1,
      Prediction.mixed(pixels0, upper1, upper0, isSub, isUp, isAverage, isPaeth),
    );
    const upper2 = PixelLanes.above(rowBefore, pixels1, 2);
    const pixels2 = i8x16.add(
      filtered2,
      Prediction.mixed(pixels1, upper2, upper1, isSub, isUp, isAverage, isPaeth),
    );
    const upper3 = PixelLanes.above(rowBefore, pixels2, 3);
    pixels = i8x16.add(
      filtered3,
      Prediction.mixed(pixels2, upper3, upper2, isSub, isUp, isAverage, isPaeth),
    );
    upperLeft = upper3;
    const low01Out = PixelLanes.low(pixels0, pixels1);
    const low23Out = PixelLanes.low(pixels2, pixels);
    const high01Out = PixelLanes.high(pixels0, pixels1);
    const high23Out = PixelLanes.high(pixels2, pixels);
    // The last four of each sixteen bytes are the next pixels' place, which is written later.
    v128.store(to, i8x16.swizzle(PixelLanes.lowPairs(low01Out, low23Out), toBytes));
    v128.store(to + outStep, i8x16.swizzle(PixelLanes.highPairs(low01Out, low23Out), toBytes));
    v128.store(to + 2 * outStep, i8x16.swizzle(PixelLanes.lowPairs(high01Out, high23Out), toBytes));
    v128.store(
      to + 3 * outStep,
      i8x16.swizzle(PixelLanes.highPairs(high01Out, high23Out), toBytes),
    );
    from += 4 * pixelBytes;
    to += 12;
    before += 12;
  }
}

/** Spreads four pixels of 3 or 4 bytes over four lanes. */
function toLaneOrder(pixelBytes: i32): v128 {
  return pixelBytes == 4
    ? i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    : i8x16(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1);
}

function loadFilters(raw: usize, rawStride: i32): v128 {
  let filters = i32x4.splat(load<u8>(raw));
  filters = i32x4.replace_lane(filters, 1, load<u8>(raw + <usize>rawStride));
  filters = i32x4.replace_lane(filters, 2, load<u8>(raw + <usize>(2 * rawStride)));
  return i32x4.replace_lane(filters, 3, load<u8>(raw + <usize>(3 * rawStride)));
}
