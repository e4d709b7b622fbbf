import { EMBEDDING_LENGTH } from '@cullstream/contracts';

/** The largest distance between embeddings of the same images. */
export function compareEmbeddings(
  before: Float32Array,
  after: Float32Array,
): { readonly cosineMin: number; readonly largestDifference: number } {
  let [cosineMin, largestDifference] = [1, 0];
  for (let from = 0; from < before.length; from += EMBEDDING_LENGTH) {
    const a = before.subarray(from, from + EMBEDDING_LENGTH);
    const b = after.subarray(from, from + EMBEDDING_LENGTH);
    let dot = 0;
    for (const [at, value] of a.entries()) {
      const other = b[at] ?? NaN;
      dot += value * other;
      largestDifference = Math.max(largestDifference, Math.abs(value - other));
    }
    cosineMin = Math.min(cosineMin, dot / (Math.hypot(...a) * Math.hypot(...b)));
  }
  return { cosineMin, largestDifference };
}
