import { toHalf } from '../checkpoint/dtype.js';
import {
  constant,
  int64Constant,
  MICROSOFT_DOMAIN,
  type GraphNode,
  type Initializer,
} from './onnx-model.js';

type Attributes = NonNullable<GraphNode['attributes']>;

/** Collects nodes and constants. A value has the name of the node that makes it. */
export class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  readonly initializers: Initializer[] = [];
  readonly #shared = new Map<string, string>();
  readonly #numbers: 'float32' | 'float16';

  /** @param numbers what the graph computes in */
  constructor(numbers: 'float32' | 'float16' = 'float32') {
    this.#numbers = numbers;
  }

  /** A node of ONNX itself with one output, whose name is returned. */
  add(op: string, name: string, inputs: readonly string[], attributes: Attributes = {}): string {
    this.nodes.push({ op, inputs, outputs: [name], attributes });
    return name;
  }

  /** A node of onnxruntime's own set with one output, whose name is returned. */
  addFused(
    op: string,
    name: string,
    inputs: readonly string[],
    attributes: Attributes = {},
  ): string {
    this.nodes.push({ op, inputs, outputs: [name], attributes, domain: MICROSOFT_DOMAIN });
    return name;
  }

  /** A node of ONNX itself with several outputs. */
  addMany(
    op: string,
    names: readonly string[],
    inputs: readonly string[],
    attributes: Attributes,
  ): void {
    this.nodes.push({ op, inputs, outputs: names, attributes });
  }

  /** A constant whose values are made when the model is written. */
  constant(initializer: Initializer): string {
    this.initializers.push(initializer);
    return initializer.name;
  }

  /** Numbers that are made when the model is written. */
  floats(
    name: string,
    shape: readonly number[],
    load: () => Promise<Float32Array> | Float32Array,
  ): string {
    const type = this.#numbers;
    if (type === 'float32') return this.constant({ name, type, shape, load });
    const loadHalves = async () => Uint16Array.from(await load(), toHalf);
    return this.constant({ name, type, shape, load: loadHalves });
  }

  /** An int64 vector, shared by all nodes that need the same one. */
  ints(...values: readonly number[]): string {
    return this.#once(`ints_${values.join('_')}`, (name) => int64Constant(name, values));
  }

  /** A number, shared by all nodes that need the same one. */
  scalar(value: number): string {
    return this.#once(`scalar_${value}`, (name) =>
      this.#numbers === 'float32'
        ? constant(name, 'float32', [], Float32Array.of(value))
        : constant(name, 'float16', [], Uint16Array.of(toHalf(value))),
    );
  }

  /** An int64 scalar. As an index it removes its axis. */
  index(value: number): string {
    return this.#once(`index_${value}`, (name) =>
      constant(name, 'int64', [], BigInt64Array.of(BigInt(value))),
    );
  }

  /**
   * A node that is computed image by image, so that none depends on the images beside it: from rows
   * [N · rows, inputs] to [N · rows, outputs], whose name is returned.
   * @param node computes [rows, outputs] of the rows `image` [rows, inputs]
   */
  addForEachImage(
    name: string,
    input: string,
    { rows, inputs, outputs }: Readonly<Record<'rows' | 'inputs' | 'outputs', number>>,
    node: (image: string) => Omit<GraphNode, 'outputs'>,
  ): string {
    const [image, output] = [`${name}_image`, `${name}_of_image`];
    const body = {
      name: `${name}_body`,
      inputs: [{ name: image, type: 'float32', shape: [rows, inputs] }],
      outputs: [{ name: output, type: 'float32', shape: [rows, outputs] }],
      nodes: [{ ...node(image), outputs: [output] }],
    } as const;
    const images = this.reshape(`${name}_images`, input, -1, rows, inputs);
    const all = this.add('Scan', `${name}_all`, [images], { num_scan_inputs: 1, body: { body } });
    return this.reshape(name, all, -1, outputs);
  }

  reshape(name: string, value: string, ...shape: readonly number[]): string {
    return this.add('Reshape', name, [value, this.ints(...shape)]);
  }

  #once(name: string, make: (name: string) => Initializer): string {
    const known = this.#shared.get(name);
    if (known !== undefined) return known;
    this.#shared.set(name, name);
    return this.constant(make(name));
  }
}
