/**
 * Seven bits: the sum of two products with uint8 activations then fits the 16 bits in which
 * processors without VNNI add them, so every processor gives the same numbers.
 */
const MAX_QUANTIZED = 63;

/**
 * Symmetric quantisation of weights [outputs, inputs], a scale for each output.
 * @returns `values` int8 [inputs, outputs] and `scales` float32 [outputs]; weight ≈ value · scale.
 */
export function quantizeColumns(
  weights: Float32Array,
  outputs: number,
  inputs: number,
): { values: Int8Array; scales: Float32Array } {
  const values = new Int8Array(weights.length);
  const scales = new Float32Array(outputs);
  for (let output = 0; output < outputs; output++) {
    const row = weights.subarray(output * inputs, (output + 1) * inputs);
    const largest = row.reduce((max, weight) => Math.max(max, Math.abs(weight)), 0);
    const scale = Math.fround(largest === 0 ? 1 : largest / MAX_QUANTIZED);
    scales[output] = scale;
    for (let input = 0; input < inputs; input++) {
      values[input * outputs + output] = Math.round((row[input] ?? 0) / scale);
    }
  }
  return { values, scales };
}
