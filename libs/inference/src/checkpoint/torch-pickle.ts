import { isAllowedGlobal, type AllowedGlobal, type PickleHost } from '../pickle/pickle-values.js';
import { MalformedCheckpoint } from './checkpoint-error.js';
import type { DType } from './dtype.js';
import type { TensorView } from './tensor.js';

/** A storage as a pickle names it; its bytes lie elsewhere in the file. */
export class TorchStorage {
  readonly key: string;
  readonly dtype: DType;
  /** Elements of the whole storage under `key`. */
  readonly elements: number;
  /**
   * Element at which this part of the storage begins: in legacy files a storage may be part of
   * another.
   */
  readonly start: number;
  constructor(key: string, dtype: DType, elements: number, start = 0) {
    this.key = key;
    this.dtype = dtype;
    this.elements = elements;
    this.start = start;
  }
}

/** A tensor as a pickle describes it. */
export class TorchTensor {
  readonly storage: TorchStorage;
  readonly view: TensorView;
  constructor(storage: TorchStorage, view: TensorView) {
    this.storage = storage;
    this.view = view;
  }
}

const storageTypes: Readonly<Record<string, DType>> = {
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  DoubleStorage: 'float64',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
};

const tensorCalls: Readonly<Record<string, (args: readonly unknown[]) => unknown>> = {
  'collections.OrderedDict': emptyDict,
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_parameter': ([tensor]) => tensor,
  'torch.Size': ([sizes]) => sizes,
};

/** Wrappers that TorchScript writes around plain values. */
const scriptCalls: Readonly<Record<string, (args: readonly unknown[]) => unknown>> = {
  'torch.jit._pickle.build_intlist': ([list]) => list,
  'torch.jit._pickle.build_doublelist': ([list]) => list,
  'torch.jit._pickle.build_boollist': ([list]) => list,
  'torch.jit._pickle.build_tensorlist': ([list]) => list,
  'torch.jit._pickle.restore_type_tag': ([value]) => value,
};

/**
 * The names that a torch pickle may refer to: those that tensors need. In a TorchScript archive
 * also its own classes below `__torch__`, which become objects without behaviour.
 */
export function torchPickleHost(options: { readonly script: boolean }): PickleHost {
  return {
    findGlobal: (module, name) => findGlobal(module, name, options.script),
    loadPersistent: toStorage,
  };
}

function findGlobal(module: string, name: string, script: boolean): AllowedGlobal | undefined {
  const fullName = `${module}.${name}`;
  const call =
    ownProperty(tensorCalls, fullName) ?? (script ? ownProperty(scriptCalls, fullName) : undefined);
  if (call !== undefined) return { kind: 'global', name: fullName, call };
  const dtype = module === 'torch' ? ownProperty(storageTypes, name) : undefined;
  if (dtype !== undefined) return { kind: 'global', name: fullName, value: dtype };
  if (script && (module === '__torch__' || module.startsWith('__torch__.'))) {
    return { kind: 'global', name: fullName, instantiable: true };
  }
  return undefined;
}

function ownProperty<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** torch writes an OrderedDict empty and sets its items afterwards. */
function emptyDict(args: readonly unknown[]): Map<unknown, unknown> {
  if (args.length > 0) throw new MalformedCheckpoint('an OrderedDict is made in an unknown way');
  return new Map();
}

/** ('storage', type, key, device, elements[, (view key, offset, elements)]) */
function toStorage(id: unknown): TorchStorage {
  const [tag, type, key, , elements, part] = Array.isArray(id) ? (id as unknown[]) : [];
  const dtype = isAllowedGlobal(type) ? type.value : undefined;
  if (tag !== 'storage' || typeof dtype !== 'string' || !isSize(elements)) {
    throw new MalformedCheckpoint('a storage is described in an unknown way');
  }
  if (typeof key !== 'string' || key.length > 64 || !/^[\w.-]+$/.test(key)) {
    throw new MalformedCheckpoint('a storage has an impossible name');
  }
  const start = Array.isArray(part) ? (part as unknown[])[1] : 0;
  if (!isSize(start)) throw new MalformedCheckpoint(`storage ${key} begins at an impossible place`);
  return new TorchStorage(key, dtype as DType, elements, start);
}

/** (storage, offset, size, stride, …): the further arguments concern gradients. */
function rebuildTensor([storage, offset, size, stride]: readonly unknown[]): TorchTensor {
  if (!(storage instanceof TorchStorage) || !isSize(offset) || !isSizes(size) || !isSizes(stride)) {
    throw new MalformedCheckpoint('a tensor is described in an unknown way');
  }
  const view = { offset: storage.start + offset, shape: [...size], strides: [...stride] };
  return new TorchTensor(storage, view);
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 8 && value.every(isSize);
}
