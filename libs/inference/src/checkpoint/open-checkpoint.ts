import { CheckpointError, MalformedCheckpoint } from './checkpoint-error.js';
import { openCheckpointFile, type CheckpointFile } from './checkpoint-file.js';
import { readLegacyCheckpoint } from './legacy-checkpoint.js';
import { looksLikeSafetensors, readSafetensors } from './safetensors-checkpoint.js';
import type { TensorInfo } from './tensor.js';
import { readZipCheckpoint } from './zip-checkpoint.js';

export type CheckpointFormat = 'torch-zip' | 'torch-legacy' | 'torchscript' | 'safetensors';

/** An open weights file. Tensors are read from it one by one; close it when done. */
export interface Checkpoint {
  readonly path: string;
  readonly format: CheckpointFormat;
  /** Parameters by name, without prefixes that all of them share (`module.`, `model.`). */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  close(): Promise<void>;
}

const PROBE_BYTES = 512;

/**
 * Opens a checkpoint of any known container. No code in it is run. Pickles may refer only to the
 * names that tensors need, and every size is checked against the file's size before memory is
 * allocated.
 * @throws {CheckpointError} saying what is wrong with the file; so does `read()` of its tensors.
 */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  let file: CheckpointFile | undefined;
  try {
    file = await openCheckpointFile(path);
    const { format, tensors } = await readContainer(file);
    const opened = file;
    return { path, format, tensors: withPath(path, tensors), close: () => opened.close() };
  } catch (cause) {
    await file?.close();
    throw toCheckpointError(path, cause);
  }
}

async function readContainer(
  file: CheckpointFile,
): Promise<{ format: CheckpointFormat; tensors: Map<string, TensorInfo> }> {
  const head = await file.read(0, Math.min(PROBE_BYTES, file.sizeBytes));
  if (head.length >= 4 && head.readUInt32LE(0) === 0x04034b50) {
    const { script, tensors } = await readZipCheckpoint(file);
    return { format: script ? 'torchscript' : 'torch-zip', tensors };
  }
  if (looksLikeSafetensors(head, file.sizeBytes)) {
    return { format: 'safetensors', tensors: await readSafetensors(file) };
  }
  if (head[0] === 0x80)
    return { format: 'torch-legacy', tensors: await readLegacyCheckpoint(file) };
  throw new MalformedCheckpoint(describeUnknown(head));
}

function describeUnknown(head: Buffer): string {
  const text = head.toString('latin1');
  if (head.length === 0) return 'the file is empty';
  if (text.startsWith('version https://git-lfs')) {
    return 'a Git LFS pointer, not the weights: run "git lfs pull" where it came from';
  }
  if (/^\s*<(?:!doctype|html)/i.test(text)) {
    return 'a web page, not weights: the download went wrong';
  }
  return 'not a checkpoint: expected a file of torch.save (.pt, .bin), TorchScript or safetensors';
}

function withPath(path: string, tensors: Map<string, TensorInfo>): Map<string, TensorInfo> {
  const read = async (tensor: TensorInfo): Promise<Float32Array> => {
    try {
      return await tensor.read();
    } catch (cause) {
      throw toCheckpointError(path, cause);
    }
  };
  return new Map(
    [...tensors].map(([name, tensor]) => [name, { ...tensor, read: () => read(tensor) }]),
  );
}

function toCheckpointError(path: string, cause: unknown): CheckpointError {
  if (cause instanceof MalformedCheckpoint)
    return new CheckpointError(path, cause.message, { cause });
  const message = cause instanceof Error ? cause.message : String(cause);
  return new CheckpointError(path, `cannot be read: ${message}`, { cause });
}
