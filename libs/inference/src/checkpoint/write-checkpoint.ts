import { createWriteStream } from 'node:fs';
import { basename, extname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { PickleWriter } from '../pickle/pickle-writer.js';
import type { CheckpointFormat } from './open-checkpoint.js';
import { scriptPickle, stateDictPickle } from './state-dict-pickle.js';
import { elementCount, type TensorInfo } from './tensor.js';

type Tensors = ReadonlyMap<string, TensorInfo>;

/** A fixed time, so that the same weights give the same bytes. */
const entryOptions = { compress: false, mtime: new Date(1980, 0, 1), forceDosTimestamp: true };
/** torch.serialization.MAGIC_NUMBER, pickled. */
const LEGACY_MAGIC = '80028a0a6cfc9c46f9206aa850192e';
const LEGACY_PROTOCOL = 1_001;

/**
 * Writes float32 parameters in the formats of torch and safetensors, which those libraries can
 * read.
 */
export async function writeCheckpoint(
  path: string,
  tensors: Tensors,
  format: CheckpointFormat = 'torch-zip',
): Promise<void> {
  const content =
    format === 'torch-legacy'
      ? Readable.from(legacyStream(tensors))
      : format === 'safetensors'
        ? Readable.from(safetensors(tensors))
        : await zip(tensors, basename(path, extname(path)), format === 'torchscript');
  await pipeline(content, createWriteStream(path));
}

async function zip(tensors: Tensors, root: string, isScript: boolean) {
  const file = new ZipFile();
  const pickle = isScript ? scriptPickle(tensors) : stateDictPickle(tensors);
  file.addBuffer(pickle, `${root}/data.pkl`, entryOptions);
  if (isScript) {
    file.addBuffer(Buffer.from('class Module: pass\n'), `${root}/code/tower.py`, entryOptions);
  }
  let key = 0;
  for (const tensor of tensors.values()) {
    file.addBuffer(await readBytes(tensor), `${root}/data/${key++}`, entryOptions);
  }
  file.addBuffer(Buffer.from('3\n'), `${root}/version`, entryOptions);
  file.end();
  return file.outputStream;
}

async function* legacyStream(tensors: Tensors): AsyncGenerator<Buffer> {
  yield Buffer.from(LEGACY_MAGIC, 'hex');
  yield new PickleWriter().int(LEGACY_PROTOCOL).finish();
  yield new PickleWriter().op('}').text('little_endian').op('\x88s').finish();
  yield stateDictPickle(tensors, true);
  const keys = new PickleWriter().op('](');
  for (let key = 0; key < tensors.size; key++) keys.text(String(key));
  yield keys.op('e').finish();
  for (const tensor of tensors.values()) {
    const count = Buffer.alloc(8);
    count.writeBigInt64LE(BigInt(elementCount(tensor.shape)));
    yield count;
    yield await readBytes(tensor);
  }
}

async function* safetensors(tensors: Tensors): AsyncGenerator<Buffer> {
  let end = 0;
  const entries = [...tensors].map(([name, { shape }]) => {
    const begin = end;
    end += elementCount(shape) * Float32Array.BYTES_PER_ELEMENT;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  yield length;
  yield header;
  for (const tensor of tensors.values()) yield await readBytes(tensor);
}

async function readBytes(tensor: TensorInfo): Promise<Buffer> {
  const values = await tensor.read();
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
