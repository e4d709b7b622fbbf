import { crc32, inflateRawSync } from 'node:zlib';
import { unpickle } from '../pickle/unpickle.js';
import { MalformedCheckpoint } from './checkpoint-error.js';
import type { CheckpointFile } from './checkpoint-file.js';
import { bytesPerElement, toFloat32, type DType } from './dtype.js';
import { namedTensors } from './state-dict.js';
import { viewTensor, type Storage, type TensorInfo } from './tensor.js';
import { torchPickleHost, type TorchStorage } from './torch-pickle.js';
import { entryStart, readZipEntries, type ZipEntry } from './zip-entries.js';

const MAX_PICKLE_BYTES = 2 ** 24;

export interface ZipCheckpoint {
  readonly script: boolean;
  readonly tensors: Map<string, TensorInfo>;
}

/**
 * torch's zip container (since 1.6), a state dict or a TorchScript module: `<root>/data.pkl` and one
 * entry a storage, `<root>/data/<key>`. Format: torch/csrc/jit/serialization in PyTorch's source.
 */
export async function readZipCheckpoint(file: CheckpointFile): Promise<ZipCheckpoint> {
  const entries = await readZipEntries(file);
  const root = findRoot(entries);
  await checkByteOrder(file, entries.get(`${root}/byteorder`));
  const script = [...entries.keys()].some((name) => name.startsWith(`${root}/code/`));
  const pickle = await readSmall(file, entries.get(`${root}/data.pkl`));
  const named = namedTensors(unpickle(pickle, torchPickleHost({ script })).value);
  const storages = new Map<string, Storage>();
  const tensors = new Map<string, TensorInfo>();
  for (const [name, { storage, view }] of named) {
    let opened = storages.get(storage.key);
    opened ??= openStorage(file, entries.get(`${root}/data/${storage.key}`), storage);
    if (opened.dtype !== storage.dtype) {
      throw new MalformedCheckpoint(`storage ${storage.key} is said to be of two types`);
    }
    storages.set(storage.key, opened);
    tensors.set(name, viewTensor(opened, view));
  }
  return { script, tensors };
}

function findRoot(entries: ReadonlyMap<string, ZipEntry>): string {
  const roots = [...entries.keys()].flatMap((name) => /^([^/]+)\/data\.pkl$/.exec(name)?.[1] ?? []);
  const [root] = roots;
  if (root === undefined || roots.length > 1) {
    throw new MalformedCheckpoint(
      'a zip archive, but not one that torch wrote (no single data.pkl)',
    );
  }
  return root;
}

async function checkByteOrder(file: CheckpointFile, entry: ZipEntry | undefined): Promise<void> {
  if (entry === undefined) return;
  const order = (await readSmall(file, entry)).toString('latin1').trim();
  if (order !== 'little') throw new MalformedCheckpoint(`byte order "${order}" is not supported`);
}

async function readSmall(file: CheckpointFile, entry: ZipEntry | undefined): Promise<Buffer> {
  if (entry === undefined || entry.sizeBytes > MAX_PICKLE_BYTES) {
    throw new MalformedCheckpoint(`a description of more than ${MAX_PICKLE_BYTES} bytes`);
  }
  const stored = await file.read(await entryStart(file, entry), entry.storedBytes);
  const bytes = entry.compressed ? inflate(stored, entry) : stored;
  checkSum(bytes, entry);
  return bytes;
}

function inflate(stored: Uint8Array, { name, sizeBytes }: ZipEntry): Buffer {
  try {
    return inflateRawSync(stored, { maxOutputLength: Math.max(sizeBytes, 1) });
  } catch (cause) {
    throw new MalformedCheckpoint(`"${name}" is damaged: it cannot be inflated`, { cause });
  }
}

function openStorage(
  file: CheckpointFile,
  entry: ZipEntry | undefined,
  storage: TorchStorage,
): Storage {
  const { dtype, key, elements } = storage;
  if (entry === undefined) throw new MalformedCheckpoint(`the archive lacks storage ${key}`);
  if (entry.compressed) {
    throw new MalformedCheckpoint(`storage ${key} is compressed: save the file again with torch`);
  }
  if (elements * bytesPerElement(dtype) > entry.sizeBytes || entry.sizeBytes > file.sizeBytes) {
    throw new MalformedCheckpoint(
      `storage ${key} claims ${elements} ${dtype}, but the file has ${entry.sizeBytes} bytes for it`,
    );
  }
  return { dtype, elements, read: (from, count) => readElements(file, entry, dtype, from, count) };
}

async function readElements(
  file: CheckpointFile,
  entry: ZipEntry,
  dtype: DType,
  from: number,
  count: number,
): Promise<Float32Array> {
  const size = bytesPerElement(dtype);
  const bytes = await file.read((await entryStart(file, entry)) + from * size, count * size);
  if (bytes.length === entry.sizeBytes) checkSum(bytes, entry);
  return toFloat32(dtype, bytes);
}

function checkSum(bytes: Uint8Array, entry: ZipEntry): void {
  if (crc32(bytes) !== entry.crc32) {
    throw new MalformedCheckpoint(
      `"${entry.name}" is damaged: its CRC-32 differs. Fetch the file again`,
    );
  }
}
