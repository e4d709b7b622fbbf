/** Sixteen bytes that repeat the first 1 to 15 of a vector, as a choice of its lanes. */
const patterns: usize = memory.data(16 * 16, 16);
let arePatternsMade: bool = false;

function makePatterns(): void {
  for (let period: usize = 1; period < 16; period++) {
    for (let lane: usize = 0; lane < 16; lane++) {
      store<u8>(patterns + (period << 4) + lane, lane % period);
    }
  }
  arePatternsMade = true;
}

/**
 * Copies `length` bytes from `distance` before `target` to it; what is written may be copied again.
 * Up to 15 bytes behind them are written, too.
 */
export function repeat(target: usize, distance: usize, length: usize): void {
  const end = target + length;
  let source = target - distance;
  if (distance >= 16) {
    do {
      v128.store(target, v128.load(source));
      target += 16;
      source += 16;
    } while (target < end);
    return;
  }
  if (!arePatternsMade) makePatterns();
  const repeated = i8x16.swizzle(v128.load(source), v128.load(patterns + (distance << 4)));
  // As many as hold the pattern a whole number of times.
  const step = <usize>16 - (<usize>16 % distance);
  do {
    v128.store(target, repeated);
    target += step;
  } while (target < end);
}
