/** Lane selections that repeat the first 1 to 15 bytes of a vector over all sixteen. */
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
 * Copies `length` bytes to `target` from `distance` bytes before it. The ranges may overlap: written bytes are
 * copied again. May write up to 15 more bytes.
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
  // The largest number of bytes that is a multiple of the pattern.
  const step = <usize>16 - (<usize>16 % distance);
  do {
    v128.store(target, repeated);
    target += step;
  } while (target < end);
}
