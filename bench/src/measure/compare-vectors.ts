import { fromBase64, type LoopResult } from '../contenders/loop.js';

/** Minimum cosine between the exact vectors and those of another library's preprocessing. */
const ALIKE = 0.99;

/** @throws {Error} unless both loops computed the same vectors, bit for bit */
export function checkSame(who: string, result: LoopResult, expected: LoopResult | undefined): void {
  for (const [name, vector] of Object.entries(expected?.vectors ?? {})) {
    if (result.vectors[name] !== vector) throw new Error(`${who} disagrees on ${name}`);
  }
}

/**
 * Checks that the vectors are the same, bit for bit, in any order.
 * @throws {Error} when they are not
 */
export function checkVectors(vectors: readonly Float32Array[], expected: readonly string[]): void {
  const known = new Set(expected);
  const found = new Set(vectors.map((vector) => Buffer.from(vector.buffer).toString('base64')));
  if (known.size !== found.size || [...known].some((vector) => !found.has(vector))) {
    throw new Error('the run stored other vectors than its contender computed');
  }
}

/**
 * Compares vectors of another decoder and resampler: not equal bit by bit, but of the same picture.
 * @throws {Error} when they are of different pictures
 */
export function checkAlike(result: LoopResult, expected: LoopResult): void {
  for (const [name, text] of Object.entries(expected.vectors)) {
    const cosine = toCosine(fromBase64(text), fromBase64(result.vectors[name] ?? ''));
    if (!(cosine > ALIKE)) throw new Error(`${name}: cosine ${cosine} to transformers.js`);
  }
}

function toCosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? NaN;
    dot += value * other;
    aa += value * value;
    bb += other * other;
  }
  return dot / Math.sqrt(aa * bb);
}
