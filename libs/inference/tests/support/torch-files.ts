import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { TensorInfo } from '../../src/checkpoint/tensor.js';
import { PickleWriter } from '../../src/pickle/pickle-writer.js';

export interface DescribedTensor {
  readonly name: string;
  readonly key: string;
  readonly type?: string;
  readonly elements: number;
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Opcodes of one tensor. `key` names a storage of `elements` numbers; the view may be invalid. */
export function putTensor(
  pickle: PickleWriter,
  tensor: DescribedTensor,
  legacy = false,
): PickleWriter {
  pickle.global('torch._utils', '_rebuild_tensor_v2').op('((').text('storage');
  pickle
    .global('torch', tensor.type ?? 'FloatStorage')
    .text(tensor.key)
    .text('cpu');
  pickle.int(tensor.elements).op(legacy ? 'NtQ' : 'tQ');
  pickle
    .int(tensor.offset ?? 0)
    .tuple(tensor.shape)
    .tuple(tensor.strides)
    .op('\x89');
  return pickle.global('collections', 'OrderedDict').op(')RtR');
}

export function stateDict(tensors: readonly DescribedTensor[], legacy = false): Buffer {
  const pickle = new PickleWriter().op('}(');
  for (const tensor of tensors) putTensor(pickle.text(tensor.name), tensor, legacy);
  return pickle.op('u').finish();
}

/** A torch archive with any pickle, storages and further entries. */
export async function writeArchive(
  path: string,
  pickle: Buffer,
  storages: Readonly<Record<string, Buffer>>,
  entries: Readonly<Record<string, string>> = {},
): Promise<void> {
  const zip = new ZipFile();
  const options = { compress: false, mtime: new Date(1980, 0, 1) };
  zip.addBuffer(pickle, 'archive/data.pkl', options);
  for (const [key, bytes] of Object.entries(storages)) {
    zip.addBuffer(bytes, `archive/data/${key}`, options);
  }
  for (const [name, text] of Object.entries(entries)) {
    zip.addBuffer(Buffer.from(text), `archive/${name}`, { ...options, compress: true });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}

/** The stream that torch wrote before its 1.6: five pickles, then the storages. */
export function legacyStream(
  object: Buffer,
  storages: readonly { readonly key: string; readonly values: Float32Array }[],
): Buffer {
  const magic = Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex');
  const version = new PickleWriter().int(1001).finish();
  const machine = new PickleWriter().op('}').text('little_endian').op('\x88s').finish();
  const keys = new PickleWriter().op('](');
  for (const { key } of storages) keys.text(key);
  const data = storages.flatMap(({ values }) => {
    const count = Buffer.alloc(8);
    count.writeBigInt64LE(BigInt(values.length));
    return [count, floatBytes(values)];
  });
  return Buffer.concat([magic, version, machine, object, keys.op('e').finish(), ...data]);
}

export function safetensors(header: object, data: Buffer): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

export function floatBytes(values: Float32Array | readonly number[]): Buffer {
  const floats = Float32Array.from(values);
  return Buffer.from(floats.buffer);
}

/** A parameter in memory, for builders that take the parameters of a checkpoint. */
export function toTensor(shape: readonly number[], values: readonly number[]): TensorInfo {
  return { dtype: 'float32', shape, read: () => Promise.resolve(Float32Array.from(values)) };
}
