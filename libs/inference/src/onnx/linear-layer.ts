import type { Precision } from '@cullstream/contracts';
import type { GraphBuilder } from './graph-builder.js';
import { MICROSOFT_DOMAIN } from './onnx-model.js';
import { quantizeColumns } from './quantize-weights.js';

export type TowerPrecision = Precision;

/** y = x Wᵀ + b for x [N · rows, inputs]; weights as torch keeps them, [outputs, inputs]. */
export interface LinearLayer {
  readonly name: string;
  /** Rows of one image. */
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  weight(): Promise<Float32Array>;
  bias(): Promise<Float32Array>;
}

/**
 * A linear layer in the given precision. In fp16 the numbers of the graph are halves. In int8 the
 * weights are quantised here, with one scale for each output, and the activations at run time, with
 * one scale for the rows of an image.
 */
export function addLinear(
  graph: GraphBuilder,
  layer: LinearLayer,
  input: string,
  precision: TowerPrecision,
): string {
  const { name, rows, inputs, outputs } = layer;
  const bias = graph.floats(`${name}.bias`, [outputs], () => layer.bias());
  if (precision !== 'int8') {
    const weight = graph.floats(`${name}.weight`, [outputs, inputs], () => layer.weight());
    return graph.add('Gemm', name, [input, weight, bias], { transB: 1 });
  }
  const { weight, scale } = addQuantizedWeight(graph, layer);
  return graph.addForEachImage(name, input, { rows, inputs, outputs }, (image) => ({
    op: 'DynamicQuantizeMatMul',
    domain: MICROSOFT_DOMAIN,
    inputs: [image, weight, scale, '', bias],
  }));
}

/** int8 weights [inputs, outputs] and their scales [outputs], quantised when the model is written. */
export function addQuantizedWeight(
  graph: GraphBuilder,
  layer: Pick<LinearLayer, 'name' | 'inputs' | 'outputs' | 'weight'>,
): { weight: string; scale: string } {
  const { name, inputs, outputs } = layer;
  const quantize = async () => quantizeColumns(await layer.weight(), outputs, inputs);
  // Weights are large and are written before their scales, so only the scales are kept.
  let scales: Float32Array | undefined;
  const weight = graph.constant({
    name: `${name}.weight`,
    type: 'int8',
    shape: [inputs, outputs],
    load: async () => {
      const quantized = await quantize();
      scales = quantized.scales;
      return quantized.values;
    },
  });
  const scale = graph.floats(
    `${name}.scale`,
    [outputs],
    async () => scales ?? (await quantize()).scales,
  );
  return { weight, scale };
}
