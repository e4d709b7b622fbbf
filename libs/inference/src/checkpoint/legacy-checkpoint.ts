import type { PickleHost } from '../pickle/pickle-values.js';
import { unpickle, type Unpickled } from '../pickle/unpickle.js';
import { MalformedCheckpoint } from './checkpoint-error.js';
import type { CheckpointFile } from './checkpoint-file.js';
import { bytesPerElement, toFloat32 } from './dtype.js';
import { namedTensors } from './state-dict.js';
import { viewTensor, type Storage, type TensorInfo } from './tensor.js';
import { torchPickleHost, TorchStorage } from './torch-pickle.js';

/** Bytes read for the pickles, which come first. Enough for those of any plausible model. */
const MAX_HEAD_BYTES = 2 ** 24;
/** First value of the stream: torch.serialization.MAGIC_NUMBER. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
const COUNT_BYTES = 8;

/**
 * torch's stream before 1.6: pickles of a magic number, a version, the machine, the object and the
 * storages' keys, then each storage as its number of elements (int64) and its elements.
 * Format: `_legacy_save` in torch/serialization.py.
 */
export async function readLegacyCheckpoint(file: CheckpointFile): Promise<Map<string, TensorInfo>> {
  const head = await file.read(0, Math.min(file.sizeBytes, MAX_HEAD_BYTES));
  const magic = unpickle(head, plainHost);
  if (magic.value !== MAGIC) {
    throw new MalformedCheckpoint('a pickle, but not one that torch.save wrote');
  }
  const version = unpickle(head, plainHost, magic.end);
  if (version.value !== PROTOCOL) {
    throw new MalformedCheckpoint(`a version of torch's stream that is not ${PROTOCOL}`);
  }
  const machine = unpickle(head, plainHost, version.end);
  checkMachine(machine.value);
  const described = new Map<string, TorchStorage>();
  const object = unpickle(head, recordingHost(described), machine.end);
  const keys = unpickle(head, plainHost, object.end);
  const named = namedTensors(object.value);
  const storages = await locateStorages(file, described, keys);
  const tensors = new Map<string, TensorInfo>();
  for (const [name, { storage, view }] of named) {
    const opened = storages.get(storage.key);
    if (opened?.dtype !== storage.dtype) {
      throw new MalformedCheckpoint(`storage ${storage.key} is missing or said to be of two types`);
    }
    tensors.set(name, viewTensor(opened, view));
  }
  return tensors;
}

const plainHost = {
  findGlobal: () => undefined,
  loadPersistent: () => {
    throw new MalformedCheckpoint('a storage where none may be');
  },
};

function checkMachine(value: unknown): void {
  if (!(value instanceof Map) || value.get('little_endian') !== true) {
    throw new MalformedCheckpoint('written on a machine with another byte order: not supported');
  }
}

/**
 * Lists every storage that the object mentions, also an optimizer's: the position of each storage
 * follows from the sizes of those before it.
 */
function recordingHost(described: Map<string, TorchStorage>): PickleHost {
  const host = torchPickleHost({ script: false });
  const loadPersistent = (id: unknown): unknown => {
    const storage = host.loadPersistent(id);
    if (storage instanceof TorchStorage) described.set(storage.key, storage);
    return storage;
  };
  return { findGlobal: host.findGlobal, loadPersistent };
}

/** The storages follow one another in the order of `keys`. */
async function locateStorages(
  file: CheckpointFile,
  known: ReadonlyMap<string, TorchStorage>,
  keys: Unpickled,
): Promise<Map<string, Storage>> {
  if (!Array.isArray(keys.value)) throw new MalformedCheckpoint('the list of storages is missing');
  const found = new Map<string, Storage>();
  let position = keys.end;
  for (const key of keys.value as readonly unknown[]) {
    const storage = typeof key === 'string' ? known.get(key) : undefined;
    if (storage === undefined || found.has(storage.key)) {
      throw new MalformedCheckpoint(
        `storage ${typeof key === 'string' ? key : 'of no name'} is listed twice or never described`,
      );
    }
    const { dtype, elements } = storage;
    const count = Number((await file.read(position, COUNT_BYTES)).readBigInt64LE());
    const start = position + COUNT_BYTES;
    const size = bytesPerElement(dtype);
    if (count !== elements || start + elements * size > file.sizeBytes) {
      throw new MalformedCheckpoint(
        `storage ${storage.key} claims ${elements} ${dtype}, found ${count}`,
      );
    }
    found.set(storage.key, {
      dtype,
      elements,
      read: async (from, length) =>
        toFloat32(dtype, await file.read(start + from * size, length * size)),
    });
    position = start + elements * size;
  }
  return found;
}
