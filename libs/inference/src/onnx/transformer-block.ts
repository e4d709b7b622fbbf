import type { Activation } from '@cullstream/contracts';
import type { ClipParameters } from './clip-parameters.js';
import type { GraphBuilder } from './graph-builder.js';
import { addLinear, type TowerPrecision } from './linear-layer.js';

export interface BlockOptions {
  readonly activation: Activation;
  readonly precision: TowerPrecision;
}

const EPSILON = { float: 1e-5 } as const;

/** LayerNorm over the last axis, with the epsilon that torch has by default and CLIP uses. */
export function addLayerNorm(
  graph: GraphBuilder,
  { get }: ClipParameters,
  parameter: string,
  input: string,
): string {
  const constants = ['weight', 'bias'].map((part) => {
    const tensor = get(`${parameter}.${part}`);
    return graph.floats(`${parameter}.${part}`, tensor.shape, () => tensor.read());
  });
  const attributes = { axis: -1, epsilon: EPSILON };
  return graph.add('LayerNormalization', parameter, [input, ...constants], attributes);
}

/**
 * Residual attention blocks over rows [N · tokens, width]; what comes out is the class token alone,
 * [N, width]. The last block computes nothing else: no other token can reach the output from there,
 * which saves a fifteenth of the whole.
 */
export function addTransformer(
  graph: GraphBuilder,
  parameters: ClipParameters,
  rows: string,
  options: BlockOptions,
): string {
  const { layers } = parameters.architecture;
  let value = rows;
  for (let layer = 0; layer < layers; layer++) {
    value = addBlock(graph, parameters, layer, value, options);
  }
  return value;
}

function addBlock(
  graph: GraphBuilder,
  parameters: ClipParameters,
  layer: number,
  rows: string,
  options: BlockOptions,
): string {
  const { width, mlpWidth, layers, gridSide } = parameters.architecture;
  const block = `transformer.resblocks.${layer}`;
  const { precision } = options;
  const last = layer === layers - 1;
  const linear = (name: string, input: string, inputs: number, outputs: number): string => {
    const weight = (): Promise<Float32Array> => parameters.get(`${name}.weight`).read();
    const bias = (): Promise<Float32Array> => parameters.get(`${name}.bias`).read();
    const shape = { rows: last ? 1 : gridSide ** 2 + 1, inputs, outputs };
    return addLinear(graph, { name, ...shape, weight, bias }, input, precision);
  };
  const normed = addLayerNorm(graph, parameters, `${block}.ln_1`, rows);
  const attended = addAttention(graph, parameters, block, normed, { precision, last });
  const projected = linear(`${block}.attn.out_proj`, attended, width, width);
  const before = last ? takeClassToken(graph, parameters, `${block}.class_token`, rows) : rows;
  const middle = graph.add('Add', `${block}.attn`, [before, projected]);
  const normedMiddle = addLayerNorm(graph, parameters, `${block}.ln_2`, middle);
  const wide = linear(`${block}.mlp.c_fc`, normedMiddle, width, mlpWidth);
  const active = addActivation(graph, `${block}.mlp.activation`, wide, options.activation);
  const narrow = linear(`${block}.mlp.c_proj`, active, mlpWidth, width);
  return graph.add('Add', block, [middle, narrow]);
}

/** Multi-head self-attention over rows [N · tokens, width] → the same, or [N, width] of the class tokens. */
function addAttention(
  graph: GraphBuilder,
  parameters: ClipParameters,
  block: string,
  rows: string,
  { precision, last }: { readonly precision: TowerPrecision; readonly last: boolean },
): string {
  const { width, heads, gridSide } = parameters.architecture;
  const tokens = gridSide ** 2 + 1;
  const headWidth = width / heads;
  const name = `${block}.attn`;
  const projection = (part: string, input: string, from: number, to: number): string => {
    const slice = async (parameter: string, size: number): Promise<Float32Array> =>
      (await parameters.get(`${name}.${parameter}`).read()).slice(
        from * width * size,
        to * width * size,
      );
    const weight = (): Promise<Float32Array> => slice('in_proj_weight', width);
    const bias = (): Promise<Float32Array> => slice('in_proj_bias', 1);
    const layer = {
      name: `${name}.${part}`,
      rows: part === 'q' && last ? 1 : tokens,
      inputs: width,
      outputs: (to - from) * width,
      weight,
      bias,
    };
    return addLinear(graph, layer, input, precision);
  };
  const toHeads = (part: string, input: string, parts: number, count: number): string => {
    const split = graph.reshape(`${name}.${part}_split`, input, -1, count, parts, heads, headWidth);
    const sorted = graph.add('Transpose', `${name}.${part}_sorted`, [split], {
      perm: [2, 0, 3, 1, 4],
    });
    return parts === 1
      ? graph.reshape(`${name}.${part}_heads`, sorted, -1, heads, count, headWidth)
      : sorted;
  };
  const keysAndValues = (sorted: string): [string, string] => [
    graph.add('Gather', `${name}.keys`, [sorted, graph.index(last ? 0 : 1)], { axis: 0 }),
    graph.add('Gather', `${name}.values`, [sorted, graph.index(last ? 1 : 2)], { axis: 0 }),
  ];
  let queries: string;
  let sorted: string;
  if (last) {
    const token = takeClassToken(graph, parameters, `${name}.class_token`, rows);
    queries = toHeads('query', projection('q', token, 0, 1), 1, 1);
    sorted = toHeads('kv', projection('kv', rows, 1, 3), 2, tokens);
  } else {
    sorted = toHeads('qkv', projection('qkv', rows, 0, 3), 3, tokens);
    queries = graph.add('Gather', `${name}.queries`, [sorted, graph.index(0)], { axis: 0 });
  }
  const [keys, values] = keysAndValues(sorted);
  // On the processor onnxruntime makes one node of these; other devices have kernels for each.
  const turned = graph.add('Transpose', `${name}.keys_turned`, [keys], { perm: [0, 1, 3, 2] });
  const products = graph.add('MatMul', `${name}.products`, [queries, turned]);
  const scale = graph.scalar(1 / Math.sqrt(headWidth));
  const logits = graph.add('Mul', `${name}.logits`, [products, scale]);
  const shares = graph.add('Softmax', `${name}.shares`, [logits], { axis: -1 });
  const mixed = graph.add('MatMul', `${name}.mixed`, [shares, values]);
  const joined = graph.add('Transpose', `${name}.joined`, [mixed], { perm: [0, 2, 1, 3] });
  return graph.reshape(`${name}.rows`, joined, -1, width);
}

function takeClassToken(
  graph: GraphBuilder,
  { architecture }: ClipParameters,
  name: string,
  rows: string,
): string {
  const { width, gridSide } = architecture;
  const images = graph.reshape(`${name}_rows`, rows, -1, gridSide ** 2 + 1, width);
  return graph.add('Gather', name, [images, graph.index(0)], { axis: 1 });
}

function addActivation(
  graph: GraphBuilder,
  name: string,
  input: string,
  activation: Activation,
): string {
  return activation === 'gelu'
    ? graph.addFused('Gelu', name, [input])
    : graph.addFused('QuickGelu', name, [input], { alpha: { float: 1.702 } });
}
