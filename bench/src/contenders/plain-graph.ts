import type { OnnxModel, TensorInfo } from '@cullstream/inference';

type Node = OnnxModel['nodes'][number];
type Initializer = OnnxModel['initializers'][number];
type Tensors = ReadonlyMap<string, TensorInfo>;

const WIDTH = 768;
const HEADS = 12;
const LAYERS = 12;
const PATCHES = 49;
const EPSILON = 1e-5;

/**
 * ViT-B/32's image tower from `visual.*` parameters in the form that a tracing exporter writes: the
 * input is normalised float32 planes [N,3,224,224], each operation of the module is one plain ONNX
 * node, and every token is computed in every layer. Fusing nodes is left to onnxruntime.
 */
export function buildPlainGraph(tensors: Tensors): OnnxModel {
  const graph = new PlainGraph(tensors);
  const planes = graph.add('Conv', ['pixel_values', graph.parameter('conv1.weight')], {
    kernel_shape: [32, 32],
    strides: [32, 32],
  });
  const flat = graph.reshape(planes, 0, WIDTH, PATCHES);
  const patches = graph.add('Transpose', [flat], { perm: [0, 2, 1] });
  // A class token for each image: zeros for the whole batch, plus the class embedding.
  const one = graph.add('Slice', [patches, graph.ints(0), graph.ints(1), graph.ints(1)]);
  const zeros = graph.add('Mul', [one, graph.scalar(0)]);
  const token = graph.add('Add', [zeros, graph.parameter('class_embedding')]);
  const tokens = graph.add('Concat', [token, patches], { axis: 1 });
  const placed = graph.add('Add', [tokens, graph.parameter('positional_embedding')]);
  let value = graph.layerNorm('ln_pre', placed);
  for (let layer = 0; layer < LAYERS; layer++) value = addBlock(graph, layer, value);
  const first = graph.add('Gather', [value, graph.index(0)], { axis: 1 });
  const last = graph.layerNorm('ln_post', first);
  graph.add('MatMul', [last, graph.parameter('proj')], {}, 'image_embeds');
  return {
    name: 'plain-image-tower',
    inputs: [{ name: 'pixel_values', type: 'float32', shape: ['batch', 3, 224, 224] }],
    outputs: [{ name: 'image_embeds', type: 'float32', shape: ['batch', 512] }],
    nodes: graph.nodes,
    initializers: [...graph.initializers.values()],
  };
}

function addBlock(graph: PlainGraph, layer: number, input: string): string {
  const block = `transformer.resblocks.${layer}`;
  const attended = addAttention(graph, `${block}.attn`, graph.layerNorm(`${block}.ln_1`, input));
  const middle = graph.add('Add', [input, attended]);
  const wide = graph.linear(`${block}.mlp.c_fc`, graph.layerNorm(`${block}.ln_2`, middle));
  const gate = graph.add('Sigmoid', [graph.add('Mul', [wide, graph.scalar(1.702)])]);
  const active = graph.add('Mul', [wide, gate]);
  return graph.add('Add', [middle, graph.linear(`${block}.mlp.c_proj`, active)]);
}

function addAttention(graph: PlainGraph, name: string, input: string): string {
  const joined = graph.linear(`${name}.in_proj`, input, '_');
  const headWidth = WIDTH / HEADS;
  const part = (index: number, perm: readonly number[]): string => {
    const [from, to] = [graph.ints(index * WIDTH), graph.ints((index + 1) * WIDTH)];
    const own = graph.add('Slice', [joined, from, to, graph.ints(2)]);
    const heads = graph.reshape(own, 0, 0, HEADS, headWidth);
    return graph.add('Transpose', [heads], { perm });
  };
  const queries = graph.add('Mul', [part(0, [0, 2, 1, 3]), graph.scalar(headWidth ** -0.5)]);
  const logits = graph.add('MatMul', [queries, part(1, [0, 2, 3, 1])]);
  const shares = graph.add('Softmax', [logits], { axis: -1 });
  const mixed = graph.add('MatMul', [shares, part(2, [0, 2, 1, 3])]);
  const sorted = graph.add('Transpose', [mixed], { perm: [0, 2, 1, 3] });
  return graph.linear(`${name}.out_proj`, graph.reshape(sorted, 0, 0, WIDTH));
}

/** Adds nodes with numbers as names; each constant is added once. */
class PlainGraph {
  readonly nodes: Node[] = [];
  readonly initializers = new Map<string, Initializer>();
  readonly #tensors: Tensors;

  constructor(tensors: Tensors) {
    this.#tensors = tensors;
  }

  add(
    op: string,
    inputs: readonly string[],
    attributes: NonNullable<Node['attributes']> = {},
    name = `${op}_${this.nodes.length}`,
  ): string {
    this.nodes.push({ op, inputs, outputs: [name], attributes });
    return name;
  }

  reshape(value: string, ...shape: readonly number[]): string {
    return this.add('Reshape', [value, this.ints(...shape)]);
  }

  parameter(name: string): string {
    const tensor = this.#tensor(name);
    return this.#constant(name, 'float32', tensor.shape, () => tensor.read());
  }

  /** x Wᵀ + b, with the weights [outputs, inputs] transposed, as exporters do. */
  linear(name: string, input: string, separator = '.'): string {
    const tensor = this.#tensor(`${name}${separator}weight`);
    const [outputs = 0, inputs = 0] = tensor.shape;
    const turned = this.#constant(`${name}.turned`, 'float32', [inputs, outputs], async () => {
      const values = await tensor.read();
      return values.map(
        (_value, at) => values[(at % outputs) * inputs + Math.floor(at / outputs)] ?? NaN,
      );
    });
    const product = this.add('MatMul', [input, turned]);
    return this.add('Add', [this.parameter(`${name}${separator}bias`), product]);
  }

  layerNorm(name: string, input: string): string {
    const mean = this.add('ReduceMean', [input], { axes: [-1] });
    const centred = this.add('Sub', [input, mean]);
    const squares = this.add('Pow', [centred, this.scalar(2)]);
    const variance = this.add('ReduceMean', [squares], { axes: [-1] });
    const deviation = this.add('Sqrt', [this.add('Add', [variance, this.scalar(EPSILON)])]);
    const scaled = this.add('Mul', [
      this.add('Div', [centred, deviation]),
      this.parameter(`${name}.weight`),
    ]);
    return this.add('Add', [scaled, this.parameter(`${name}.bias`)]);
  }

  scalar(value: number): string {
    return this.#constant(`scalar_${value}`, 'float32', [], () => Float32Array.of(value));
  }

  index(value: number): string {
    return this.#constant(`index_${value}`, 'int64', [], () => BigInt64Array.of(BigInt(value)));
  }

  ints(...values: readonly number[]): string {
    return this.#constant(`ints_${values.join('_')}`, 'int64', [values.length], () =>
      BigInt64Array.from(values.map(BigInt)),
    );
  }

  #tensor(name: string): TensorInfo {
    const tensor = this.#tensors.get(`visual.${name}`);
    if (tensor === undefined) throw new Error(`the checkpoint lacks visual.${name}`);
    return tensor;
  }

  #constant(
    name: string,
    type: Initializer['type'],
    shape: readonly number[],
    load: Initializer['load'],
  ): string {
    this.initializers.set(name, { name, type, shape, load });
    return name;
  }
}
