import {
  constant,
  int64Constant,
  type GraphNode,
  type Initializer,
  type TensorData,
} from './onnx-model.js';

const MICROSOFT = 'com.microsoft';

/** Collects nodes and constants; every value is named after the node that makes it. */
export class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  readonly initializers: Initializer[] = [];
  readonly #shapes = new Map<string, string>();

  /** A node of ONNX with one output, whose name is returned. */
  add(op: string, name: string, inputs: readonly string[], attributes: GraphNode['attributes'] = {}): string {
    this.nodes.push({ op, inputs, outputs: [name], attributes });
    return name;
  }

  /** A node of onnxruntime's own set, with the given outputs ('' where one is not wanted). */
  addFused(
    op: string,
    outputs: readonly string[],
    inputs: readonly string[],
    attributes: GraphNode['attributes'] = {},
  ): void {
    this.nodes.push({ op, inputs, outputs, attributes, domain: MICROSOFT });
  }

  /** float32 weights that are made when the model is written. */
  weights(name: string, shape: readonly number[], load: () => Promise<TensorData>): string {
    this.initializers.push({ name, type: 'float32', shape, load });
    return name;
  }

  /** An int64 vector, shared by all nodes that need the same. */
  ints(...values: number[]): string {
    const key = values.join('_');
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    const name = `ints_${key}`;
    this.initializers.push(int64Constant(name, values));
    this.#shapes.set(key, name);
    return name;
  }

  scalar(name: string, value: number): string {
    this.initializers.push(constant(name, 'float32', [], Float32Array.of(value)));
    return name;
  }

  reshape(name: string, value: string, ...shape: number[]): string {
    return this.add('Reshape', name, [value, this.ints(...shape)]);
  }
}
