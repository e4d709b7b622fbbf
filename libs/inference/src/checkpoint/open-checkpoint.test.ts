import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import {
  floatBytes,
  legacyStream,
  putTensor,
  safetensors,
  stateDict,
  writeArchive,
} from '../../tests/support/torch-files.js';
import { PickleWriter } from '../pickle/pickle-writer.js';
import { openCheckpoint } from './open-checkpoint.js';

/** A 2 x 3 matrix of 1 to 6 in storage "0". */
const matrix = { name: 'net.0.weight', key: '0', elements: 6, shape: [2, 3], strides: [3, 1] };
const values = floatBytes([1, 2, 3, 4, 5, 6]);

async function readAll(path: string): Promise<Record<string, number[]>> {
  const checkpoint = await openCheckpoint(path);
  const result: Record<string, number[]> = {};
  try {
    for (const [name, tensor] of checkpoint.tensors) result[name] = [...(await tensor.read())];
  } finally {
    await checkpoint.close();
  }
  return result;
}

async function readArchive(
  pickle: Buffer,
  storages: Readonly<Record<string, Buffer>>,
  entries: Readonly<Record<string, string>> = {},
): Promise<Record<string, number[]>> {
  const path = join(await temporaryFolder(), 'model.pt');
  await writeArchive(path, pickle, storages, entries);
  return readAll(path);
}

async function readBytes(bytes: Buffer): Promise<Record<string, number[]>> {
  const path = join(await temporaryFolder(), 'model.bin');
  await writeFile(path, bytes);
  return readAll(path);
}

describe('openCheckpoint', () => {
  it('reads a plain state dict', async () => {
    const read = await readArchive(stateDict([matrix]), { 0: values });
    expect(read).toEqual({ 'net.0.weight': [1, 2, 3, 4, 5, 6] });
  });

  it('honours the strides of a transposed view', async () => {
    const transposed = { ...matrix, shape: [3, 2], strides: [1, 3] };
    const read = await readArchive(stateDict([transposed]), { 0: values });
    expect(read['net.0.weight']).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it('honours the offset of a view into a shared storage', async () => {
    const first = { ...matrix, name: 'a', shape: [2], strides: [1] };
    const last = { ...matrix, name: 'b', offset: 3, shape: [2], strides: [2] };
    const read = await readArchive(stateDict([first, last]), { 0: values });
    expect(read).toEqual({ a: [1, 2], b: [4, 6] });
  });

  it('reads a scalar and an empty tensor', async () => {
    const scalar = { ...matrix, name: 'scale', offset: 2, shape: [], strides: [] };
    const empty = { ...matrix, name: 'empty', shape: [0, 3], strides: [3, 1] };
    const read = await readArchive(stateDict([scalar, empty]), { 0: values });
    expect(read).toEqual({ scale: [3], empty: [] });
  });

  it('reads float16 and bfloat16', async () => {
    const half = {
      ...matrix,
      name: 'h',
      type: 'HalfStorage',
      elements: 2,
      shape: [2],
      strides: [1],
    };
    const brain = { ...half, name: 'b', key: '1', type: 'BFloat16Storage' };
    const read = await readArchive(stateDict([half, brain]), {
      0: Buffer.from('003c00c1', 'hex'),
      1: Buffer.from('803f20c0', 'hex'),
    });
    expect(read).toEqual({ h: [1, -2.5], b: [1, -2.5] });
  });

  it('finds a state dict under a usual key and drops the prefix that all names share', async () => {
    const wrapped = new PickleWriter()
      .op('}(')
      .text('epoch')
      .int(3)
      .text('model_state_dict')
      .op('}(');
    putTensor(wrapped.text('module.net.0.weight'), matrix);
    const read = await readArchive(wrapped.op('uu').finish(), { 0: values });
    expect(read).toEqual({ 'net.0.weight': [1, 2, 3, 4, 5, 6] });
  });

  it('reads the parameters of a TorchScript module by their path', async () => {
    const script = new PickleWriter()
      .global('__torch__.clip', 'Model')
      .op(')\x81}(')
      .text('visual');
    script.global('__torch__.clip.___torch_mangle_1', 'Tower').op(')\x81}(').text('proj');
    const pickle = putTensor(script, matrix).op('ubub').finish();
    const read = await readArchive(pickle, { 0: values }, { 'code/clip.py': 'class Model: pass' });
    expect(read).toEqual({ 'visual.proj': [1, 2, 3, 4, 5, 6] });
  });

  it('reads the stream that torch wrote before its zip container', async () => {
    const second = {
      ...matrix,
      name: 'net.0.bias',
      key: '1',
      elements: 2,
      shape: [2],
      strides: [1],
    };
    const stream = legacyStream(stateDict([matrix, second], true), [
      { key: '1', values: Float32Array.of(7, 8) },
      { key: '0', values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    ]);
    expect(await readBytes(stream)).toEqual({
      'net.0.weight': [1, 2, 3, 4, 5, 6],
      'net.0.bias': [7, 8],
    });
  });

  it('reads safetensors', async () => {
    const header = {
      __metadata__: { format: 'pt' },
      'visual.proj': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      'visual.half': { dtype: 'BF16', shape: [1], data_offsets: [24, 26] },
    };
    const file = safetensors(header, Buffer.concat([values, Buffer.from('803f', 'hex')]));
    expect(await readBytes(file)).toEqual({
      'visual.proj': [1, 2, 3, 4, 5, 6],
      'visual.half': [1],
    });
  });

  it('reports a storage whose bytes were changed', async () => {
    const path = join(await temporaryFolder(), 'model.pt');
    await writeArchive(path, stateDict([matrix]), { 0: values });
    const bytes = await readFile(path);
    const at = bytes.indexOf(values);
    bytes[at] = 0x77;
    await writeFile(path, bytes);
    await expect(readAll(path)).rejects.toThrow('its CRC-32 differs');
  });
});
