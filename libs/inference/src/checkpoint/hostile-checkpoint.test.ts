import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import {
  floatBytes,
  legacyStream,
  safetensors,
  stateDict,
  writeArchive,
} from '../../tests/support/torch-files.js';
import { PickleWriter } from '../pickle/pickle-writer.js';
import { CheckpointError } from './checkpoint-error.js';
import { openCheckpoint } from './open-checkpoint.js';

const matrix = { name: 'net.0.weight', key: '0', elements: 6, shape: [2, 3], strides: [3, 1] };
const values = floatBytes([1, 2, 3, 4, 5, 6]);

async function openBytes(bytes: Uint8Array): Promise<unknown> {
  const path = join(await temporaryFolder(), 'hostile.pt');
  await writeFile(path, bytes);
  return tryOpen(path);
}

async function openArchive(pickle: Buffer): Promise<unknown> {
  const path = join(await temporaryFolder(), 'hostile.pt');
  await writeArchive(path, pickle, { 0: values });
  return tryOpen(path);
}

/** The error that reading everything ends in, or undefined. */
async function tryOpen(path: string): Promise<unknown> {
  try {
    const checkpoint = await openCheckpoint(path);
    try {
      for (const tensor of checkpoint.tensors.values()) await tensor.read();
    } finally {
      await checkpoint.close();
    }
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('a hostile checkpoint', () => {
  it.each([
    ['posix', 'system'],
    ['builtins', 'eval'],
    ['torch', 'load'],
    ['__torch__.net', 'Module'],
    ['torch._utils', '__proto__'],
    ['torch', 'constructor'],
  ])('is refused by the name of what it refers to: %s.%s', async (module, name) => {
    const pickle = new PickleWriter().global(module, name).op('(').text('id').op('tR').finish();
    const error = await openArchive(pickle);
    expect(error).toBeInstanceOf(CheckpointError);
    expect(String(error)).toContain(`refused: it refers to "${module}.${name}"`);
  });

  it('is refused by a name that it puts together on the stack', async () => {
    const pickle = new PickleWriter().text('os').text('system').op('\x93').finish();
    expect(String(await openArchive(pickle))).toContain('refers to "os.system"');
  });

  it('is refused for an opcode that makes instances', async () => {
    const pickle = new PickleWriter().op('(').text('id').op('ios\nsystem\n').finish();
    expect(String(await openArchive(pickle))).toContain('opcode 0x69');
  });

  it.each([
    ['a tensor beyond its storage', { ...matrix, shape: [3, 3] }],
    ['a petabyte of elements', { ...matrix, elements: 2 ** 31 - 1 }],
    ['a huge view of stride 0', { ...matrix, shape: [2 ** 30, 2 ** 20], strides: [0, 0] }],
    ['a negative offset', { ...matrix, offset: -1 }],
    ['strides for another shape', { ...matrix, strides: [1] }],
    ['a storage that is not there', { ...matrix, key: '7' }],
    ['a storage outside the archive', { ...matrix, key: '../../etc' }],
  ])('is refused for %s', async (_, tensor) => {
    expect(await openArchive(stateDict([tensor]))).toBeInstanceOf(CheckpointError);
  });

  it('is refused when it nests dicts without end', async () => {
    const pickle = new PickleWriter().op('}');
    for (let depth = 0; depth < 10_000; depth++) pickle.text('a').op('}');
    for (let depth = 0; depth < 10_000; depth++) pickle.op('s');
    expect(String(await openArchive(pickle.finish()))).toContain('nested without end');
  });

  it('is refused when a dict contains itself', async () => {
    const pickle = new PickleWriter().op('}q\x00').text('a').op('h\x00s').finish();
    expect(String(await openArchive(pickle))).toContain('nested without end');
  });

  it('is refused when shared dicts double at every level', async () => {
    const pickle = new PickleWriter().op('}q\x00');
    for (let level = 0; level < 60; level++) {
      pickle.op('0}(').text('a').op('h\x00').text('b').op('h\x00uq\x00');
    }
    expect(String(await openArchive(pickle.finish()))).toContain('nested without end');
  });

  it('is refused when opcodes never end', async () => {
    const pickle = new PickleWriter().op('N0'.repeat(600_000)).finish();
    expect(String(await openArchive(pickle))).toContain('not a weights file');
  });

  it('is refused when safetensors claim what the file does not have', async () => {
    const header = { a: { dtype: 'F32', shape: [2 ** 20, 2 ** 30], data_offsets: [0, 2 ** 52] } };
    expect(await openBytes(safetensors(header, values))).toBeInstanceOf(CheckpointError);
  });

  it.each([
    ['an empty file', Buffer.alloc(0), 'the file is empty'],
    [
      'a pointer to large file storage',
      Buffer.from('version https://git-lfs.github.com'),
      'git lfs',
    ],
    ['a web page', Buffer.from('<!DOCTYPE html><html>'), 'a web page'],
    ['a text', Buffer.from('weights'), 'not a checkpoint'],
    ['an archive of something else', Buffer.from('504b0304', 'hex'), 'damaged archive'],
  ])('says what it is instead: %s', async (_, bytes, message) => {
    expect(String(await openBytes(bytes))).toContain(message);
  });

  it('names the file that is not there', async () => {
    expect(String(await tryOpen('/nowhere/ranker.pt'))).toContain('/nowhere/ranker.pt');
  });

  it.each(['zip', 'legacy', 'safetensors'] as const)(
    'opens or ends in a CheckpointError, however a valid %s file is changed',
    { timeout: 60_000 },
    async (kind) => {
      const folder = await temporaryFolder();
      const valid = await validFile(folder, kind);
      const path = join(folder, 'mutant.pt');
      const change = fc.tuple(fc.nat({ max: valid.length - 1 }), fc.nat({ max: 255 }));
      const changes = fc.array(change, { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(
          changes,
          fc.nat({ max: valid.length }),
          fc.boolean(),
          async (edits, end, cut) => {
            const bytes = Buffer.from(valid.subarray(0, cut ? end : valid.length));
            for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
            await writeFile(path, bytes);
            const error = await tryOpen(path);
            expect(error === undefined || error instanceof CheckpointError).toBe(true);
          },
        ),
        { numRuns: 150 },
      );
    },
  );
});

async function validFile(folder: string, kind: 'zip' | 'legacy' | 'safetensors'): Promise<Buffer> {
  if (kind === 'legacy') {
    const stored = Float32Array.of(1, 2, 3, 4, 5, 6);
    return legacyStream(stateDict([matrix], true), [{ key: '0', values: stored }]);
  }
  if (kind === 'safetensors') {
    return safetensors({ a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] } }, values);
  }
  const path = join(folder, 'valid.pt');
  await writeArchive(path, stateDict([matrix]), { 0: values });
  return readFile(path);
}
