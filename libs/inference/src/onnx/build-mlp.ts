import { describeLayers, ModelShapeError, type MlpLayer } from './mlp-layers.js';
import { constant, type GraphNode, type Initializer, type OnnxModel } from './onnx-model.js';

export const mlpKinds = ['ranker', 'crop-proposer'] as const;
export type MlpKind = (typeof mlpKinds)[number];

/** Widths of a model's input and output, from the embedding's 512 and the image's two dimensions. */
export const mlpShapes: Readonly<
  Record<MlpKind, { readonly inputs: number; readonly outputs: number }>
> = {
  ranker: { inputs: 512, outputs: 1 },
  'crop-proposer': { inputs: 514, outputs: 4 },
};

/**
 * The graph of an MLP: `features` float32 [N, inputs] → `outputs` float32 [N, outputs]. ReLU between
 * the layers; a Sigmoid after the last one of a crop proposer, whose state dict does not show it.
 * @throws {ModelShapeError} when the layers do not lead from the kind's inputs to its outputs.
 */
export function buildMlp(model: {
  readonly kind: MlpKind;
  readonly layers: readonly MlpLayer[];
}): OnnxModel {
  const { kind, layers } = model;
  checkShape(kind, layers);
  const nodes: GraphNode[] = [];
  const initializers: Initializer[] = [];
  let value = 'features';
  for (const [index, layer] of layers.entries()) {
    const last = index === layers.length - 1;
    initializers.push(...layerConstants(layer, index));
    const inputs = [value, `weight_${index}`, `bias_${index}`];
    const activation = last ? (kind === 'crop-proposer' ? 'Sigmoid' : undefined) : 'Relu';
    const linear = activation === undefined ? 'outputs' : `linear_${index}`;
    nodes.push({ op: 'Gemm', inputs, outputs: [linear], attributes: { transB: 1 } });
    value = last ? 'outputs' : `hidden_${index}`;
    if (activation !== undefined)
      nodes.push({ op: activation, inputs: [linear], outputs: [value] });
  }
  const { inputs, outputs } = mlpShapes[kind];
  return {
    name: kind,
    inputs: [{ name: 'features', type: 'float32', shape: ['batch', inputs] }],
    outputs: [{ name: 'outputs', type: 'float32', shape: ['batch', outputs] }],
    nodes,
    initializers,
    metadata: { kind, layers: describeLayers(layers) },
  };
}

function checkShape(kind: MlpKind, layers: readonly MlpLayer[]): void {
  const { inputs, outputs } = mlpShapes[kind];
  if (layers[0]?.inputs !== inputs || layers.at(-1)?.outputs !== outputs) {
    throw new ModelShapeError(
      `a ${kind} leads from ${inputs} to ${outputs} numbers, but its layers are ${describeLayers(layers)}`,
    );
  }
}

function layerConstants(layer: MlpLayer, index: number): Initializer[] {
  const { inputs, outputs, weight, bias } = layer;
  const load = (): Promise<Float32Array> => weight.read();
  const weights: Initializer = {
    name: `weight_${index}`,
    type: 'float32',
    shape: [outputs, inputs],
    load,
  };
  const name = `bias_${index}`;
  return [
    weights,
    bias === undefined
      ? constant(name, 'float32', [outputs], new Float32Array(outputs))
      : { name, type: 'float32', shape: [outputs], load: () => bias.read() },
  ];
}
