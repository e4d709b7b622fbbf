/** Seeded noise with flat black and white stretches, so that sums reach both ends of the range. */
export function makeNoise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed | 1;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const kind = state >>> 30;
    bytes[index] = kind === 0 ? 0 : kind === 1 ? 255 : state >>> 16;
  }
  return bytes;
}
