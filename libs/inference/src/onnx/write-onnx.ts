import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { replaceFile } from '@cullstream/files';
import { encodeOnnx, encodeOnnxInline, tensorBytes, type TensorPlace } from './encode-onnx.js';
import { initializerBytes, type OnnxModel } from './onnx-model.js';

/** Larger constants are stored in a file beside the model, which onnxruntime maps into memory. */
const INLINE_LIMIT_BYTES = 2 ** 25;
/** A memory map must begin at a page boundary, on Windows at a multiple of 64 KiB. */
const EXTERNAL_ALIGNMENT_BYTES = 65_536;
const ZEROS = new Uint8Array(EXTERNAL_ALIGNMENT_BYTES);

/** Name of the file beside `path` that holds a big model's constants. */
export function externalDataPath(path: string): string {
  return `${path}.data`;
}

/**
 * Writes a model as `path`, constants of more than 32 MiB in all as `path.data`, one constant in
 * memory at a time. Each file appears whole or not at all, the model last.
 */
export async function writeOnnx(model: OnnxModel, path: string): Promise<void> {
  const total = model.initializers.reduce((sum, tensor) => sum + initializerBytes(tensor), 0);
  const bytes =
    total <= INLINE_LIMIT_BYTES
      ? await encodeOnnxInline(model)
      : encodeOnnx(model, await writeExternalData(model, externalDataPath(path)));
  await writeWhole(path, (file) => file.writeFile(bytes));
}

function writeExternalData(model: OnnxModel, path: string): Promise<TensorPlace[]> {
  return writeWhole(path, async (file) => {
    const places: TensorPlace[] = [];
    let offset = 0;
    for (const tensor of model.initializers) {
      const data = await tensor.load();
      if (data.byteLength < EXTERNAL_ALIGNMENT_BYTES) {
        places.push({ kind: 'inline', data });
        continue;
      }
      places.push({ kind: 'external', location: basename(path), offset });
      offset += await appendAligned(file, tensorBytes(data));
    }
    return places;
  });
}

async function appendAligned(file: FileHandle, bytes: Uint8Array): Promise<number> {
  const rest = bytes.length % EXTERNAL_ALIGNMENT_BYTES;
  const padding = rest === 0 ? 0 : EXTERNAL_ALIGNMENT_BYTES - rest;
  await file.writeFile(bytes);
  await file.writeFile(ZEROS.subarray(0, padding));
  return bytes.length + padding;
}

/** The file has a temporary name until all of it is on the disk. */
function writeWhole<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const fill = async (temporary: string) => {
    const file = await open(temporary, 'wx');
    try {
      return await write(file);
    } finally {
      await file.close();
    }
  };
  return replaceFile(path, fill, { durable: true });
}
