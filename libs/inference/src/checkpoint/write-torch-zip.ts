import { createWriteStream } from 'node:fs';
import { basename, extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { PickleWriter } from '../pickle/pickle-writer.js';
import { contiguousStrides, elementCount, type TensorInfo } from './tensor.js';

/** Fixed, so that the same weights give the same bytes. */
const entryOptions = { compress: false, mtime: new Date(1980, 0, 1), forceDosTimestamp: true };

/** Writes float32 parameters as `torch.save` writes a state dict, readable by `torch.load`. */
export async function writeTorchZip(
  path: string,
  tensors: ReadonlyMap<string, TensorInfo>,
): Promise<void> {
  const root = basename(path, extname(path));
  const zip = new ZipFile();
  zip.addBuffer(stateDictPickle(tensors), `${root}/data.pkl`, entryOptions);
  let key = 0;
  for (const tensor of tensors.values()) {
    const values = await tensor.read();
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    zip.addBuffer(bytes, `${root}/data/${key++}`, entryOptions);
  }
  zip.addBuffer(Buffer.from('3\n'), `${root}/version`, entryOptions);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}

function stateDictPickle(tensors: ReadonlyMap<string, TensorInfo>): Buffer {
  const pickle = new PickleWriter().op('}(');
  let key = 0;
  for (const [name, { shape }] of tensors) {
    pickle.text(name).global('torch._utils', '_rebuild_tensor_v2').op('((').text('storage');
    pickle.global('torch', 'FloatStorage').text(String(key++)).text('cpu').int(elementCount(shape));
    pickle.op('tQ').int(0).tuple(shape).tuple(contiguousStrides(shape)).op('\x89');
    pickle.global('collections', 'OrderedDict').op(')RtR');
  }
  return pickle.op('u').finish();
}
