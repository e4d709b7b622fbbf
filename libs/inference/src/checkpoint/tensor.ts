import { MalformedCheckpoint } from './checkpoint-error.js';
import type { DType } from './dtype.js';

/** Flat memory in a file, shared by the tensors that are views of it. */
export interface Storage {
  readonly dtype: DType;
  readonly elements: number;
  /** `count` elements from `start`, as float32. */
  read(start: number, count: number): Promise<Float32Array>;
}

/** Where a tensor's elements lie in its storage; offset and strides are in elements. */
export interface TensorView {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

export interface TensorInfo {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** The elements in row-major order, as float32. Reads the file at each call. */
  read(): Promise<Float32Array>;
}

const MAX_RANK = 8;
/** An expanded view (stride 0) may have this many elements more than its storage holds. */
const MAX_EXPANDED_ELEMENTS = 2 ** 20;

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Row-major strides of a shape, in elements. */
export function contiguousStrides(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const size of shape.toReversed()) {
    strides.unshift(stride);
    stride *= Math.max(size, 1);
  }
  return strides;
}

/**
 * A tensor over a storage, with any offset and strides.
 * @throws {MalformedCheckpoint} when the view reaches outside its storage.
 */
export function viewTensor(storage: Storage, view: TensorView): TensorInfo {
  checkView(storage, view);
  return { dtype: storage.dtype, shape: view.shape, read: () => readView(storage, view) };
}

function checkView(storage: Storage, view: TensorView): void {
  const { offset, shape, strides } = view;
  const sound =
    shape.length === strides.length &&
    shape.length <= MAX_RANK &&
    [offset, ...shape, ...strides].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!sound) {
    throw new MalformedCheckpoint(
      `impossible tensor: offset ${offset}, shape [${shape.join()}], strides [${strides.join()}]`,
    );
  }
  const count = elementCount(shape);
  const end = count === 0 ? offset : offset + toSpan(view);
  const limit = Math.max(storage.elements, MAX_EXPANDED_ELEMENTS);
  if (!(end <= storage.elements) || !(count <= limit)) {
    throw new MalformedCheckpoint(
      `tensor of shape [${shape.join()}] at ${offset} reaches outside its ${storage.elements} elements`,
    );
  }
}

/** Number of elements from the first to the last one of a view that is not empty, both included. */
function toSpan(view: TensorView): number {
  return view.shape.reduce((span, size, axis) => span + (size - 1) * (view.strides[axis] ?? 0), 1);
}

async function readView(storage: Storage, view: TensorView): Promise<Float32Array> {
  const count = elementCount(view.shape);
  if (count === 0) return new Float32Array(0);
  const span = await storage.read(view.offset, toSpan(view));
  return isContiguous(view) ? span : gather(span, view, count);
}

function isContiguous(view: TensorView): boolean {
  const strides = contiguousStrides(view.shape);
  return view.shape.every((size, axis) => size === 1 || view.strides[axis] === strides[axis]);
}

function gather(span: Float32Array, view: TensorView, count: number): Float32Array {
  const result = new Float32Array(count);
  const index = view.shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < count; to++) {
    result[to] = span[from] ?? 0;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      const stride = view.strides[axis] ?? 0;
      if (next < (view.shape[axis] ?? 0)) {
        index[axis] = next;
        from += stride;
        break;
      }
      from -= (next - 1) * stride;
      index[axis] = 0;
    }
  }
  return result;
}
