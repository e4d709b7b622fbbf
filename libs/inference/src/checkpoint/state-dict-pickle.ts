import { PickleWriter } from '../pickle/pickle-writer.js';
import { contiguousStrides, elementCount, type TensorInfo } from './tensor.js';

type Tensors = ReadonlyMap<string, Pick<TensorInfo, 'shape'>>;
/** Children by their name: a module, or a parameter with its place among the storages. */
type Module = Map<string, Module | { readonly key: number; readonly shape: readonly number[] }>;

/** Opcodes of a float32 tensor that owns the storage `key`, as for torch's `_rebuild_tensor_v2`. */
function putTensor(
  pickle: PickleWriter,
  key: number,
  shape: readonly number[],
  isLegacy: boolean,
): void {
  pickle.global('torch._utils', '_rebuild_tensor_v2').op('((').text('storage');
  pickle.global('torch', 'FloatStorage').text(String(key)).text('cpu').int(elementCount(shape));
  // None: this storage is not a part of another one.
  pickle.op(isLegacy ? 'NtQ' : 'tQ');
  pickle.int(0).tuple(shape).tuple(contiguousStrides(shape)).op('\x89');
  pickle.global('collections', 'OrderedDict').op(')RtR');
}

/** A state dict whose parameters have the storages 0, 1, 2, … in their order. */
export function stateDictPickle(tensors: Tensors, isLegacy = false): Buffer {
  const pickle = new PickleWriter().op('}(');
  let key = 0;
  for (const [name, { shape }] of tensors) putTensor(pickle.text(name), key++, shape, isLegacy);
  return pickle.op('u').finish();
}

/**
 * The same parameters as a TorchScript module: `a.b.weight` is `weight` of module `b` of module
 * `a`.
 */
export function scriptPickle(tensors: Tensors): Buffer {
  const root: Module = new Map();
  let key = 0;
  for (const [name, { shape }] of tensors) {
    const parts = name.split('.');
    const last = parts.pop() ?? '';
    let module = root;
    for (const part of parts) {
      const child = module.get(part) ?? new Map<string, never>();
      if (!(child instanceof Map)) throw new RangeError(`${name} is below a parameter`);
      module.set(part, child);
      module = child;
    }
    module.set(last, { key: key++, shape });
  }
  const pickle = new PickleWriter();
  putModule(pickle, root);
  return pickle.finish();
}

function putModule(pickle: PickleWriter, module: Module): void {
  pickle.global('__torch__.tower', 'Module').op(')\x81}(');
  for (const [name, child] of module) {
    pickle.text(name);
    if (child instanceof Map) putModule(pickle, child);
    else putTensor(pickle, child.key, child.shape, false);
  }
  pickle.op('ub');
}
