import { elementCount } from '../checkpoint/tensor.js';

/** `float16` is kept as its bits. */
export type TensorData = Float32Array | Uint16Array | BigInt64Array | Uint8Array | Int8Array;
export type ElementType = 'float32' | 'float16' | 'int64' | 'uint8' | 'int8';
export type Dimension = number | string;

/** A constant of the graph. Its data is read once, when the model is written. */
export interface Initializer {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  load(): Promise<TensorData> | TensorData;
}

export type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly body: GraphBody };

/** A graph within a node, which sees the constants of the graph around it. */
export type GraphBody = Pick<OnnxModel, 'name' | 'inputs' | 'outputs' | 'nodes'>;

/** Domain of the operators that onnxruntime adds to ONNX's. */
export const MICROSOFT_DOMAIN = 'com.microsoft';

export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * Integers, lists of integers, text, a graph as `{ body }`; a float is `{ float }`, for JavaScript cannot
   * tell 1.0 from 1.
   */
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** `MICROSOFT_DOMAIN` for onnxruntime's own operators. */
  readonly domain?: string;
}

export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  /** A name stands for a size that is known at run time only. */
  readonly shape: readonly Dimension[];
}

/** An ONNX graph in memory. Large constants are read only when it is written. */
export interface OnnxModel {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly GraphNode[];
  readonly initializers: readonly Initializer[];
  /** Facts for people and for later readers. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const elementBytes: Readonly<Record<ElementType, number>> = {
  float32: 4,
  float16: 2,
  int64: 8,
  uint8: 1,
  int8: 1,
};

export function initializerBytes({ type, shape }: Initializer): number {
  return elementCount(shape) * elementBytes[type];
}

/** A constant whose values are in memory. */
export function constant(
  name: string,
  type: ElementType,
  shape: readonly number[],
  data: TensorData,
): Initializer {
  return { name, type, shape, load: () => data };
}

/** An int64 vector, as shapes and axes are given to nodes. */
export function int64Constant(name: string, values: readonly number[]): Initializer {
  return constant(name, 'int64', [values.length], BigInt64Array.from(values.map(BigInt)));
}
