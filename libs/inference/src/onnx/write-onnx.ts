import { open, rename, writeFile, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { encodeOnnx, encodeOnnxInline, tensorBytes, type TensorPlace } from './encode-onnx.js';
import { initializerBytes, type OnnxModel } from './onnx-model.js';

/** Above this the constants go into a file beside the model, which onnxruntime maps into memory. */
const INLINE_LIMIT_BYTES = 2 ** 25;
/** Maps begin at pages, and Windows maps at 64 KiB. */
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
  const temporary = temporaryName(path);
  await writeFile(temporary, bytes);
  await rename(temporary, path);
}

async function writeExternalData(model: OnnxModel, path: string): Promise<TensorPlace[]> {
  const temporary = temporaryName(path);
  const file = await open(temporary, 'w');
  const places: TensorPlace[] = [];
  try {
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
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  return places;
}

async function appendAligned(file: FileHandle, bytes: Uint8Array): Promise<number> {
  const padding =
    (EXTERNAL_ALIGNMENT_BYTES - (bytes.length % EXTERNAL_ALIGNMENT_BYTES)) %
    EXTERNAL_ALIGNMENT_BYTES;
  await file.writeFile(bytes);
  await file.writeFile(ZEROS.subarray(0, padding));
  return bytes.length + padding;
}

function temporaryName(path: string): string {
  return `${path}.${process.pid}.${Math.random().toString(36).slice(2, 10)}.tmp`;
}
