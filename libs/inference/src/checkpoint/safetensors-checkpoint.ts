import { z } from 'zod';
import { MalformedCheckpoint } from './checkpoint-error.js';
import type { CheckpointFile } from './checkpoint-file.js';
import { bytesPerElement, toFloat32, type DType } from './dtype.js';
import { withoutPrefixes } from './state-dict.js';
import { contiguousStrides, elementCount, viewTensor, type TensorInfo } from './tensor.js';

const LENGTH_BYTES = 8;
/** Parsed JSON takes up to fifty times its bytes. A CLIP checkpoint has 60 KB. */
const MAX_HEADER_BYTES = 2 ** 22;

const dtypes: Readonly<Record<string, DType>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  F64: 'float64',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
};

const size = z.int().nonnegative();
const tensorHeader = z.object({
  dtype: z.string(),
  shape: z.array(size).max(8),
  data_offsets: z.tuple([size, size]),
});
type TensorHeader = z.infer<typeof tensorHeader>;

/** True when the file's first bytes can be a safetensors header: a plausible length, then `{`. */
export function looksLikeSafetensors(head: Uint8Array, sizeBytes: number): boolean {
  if (head.length <= LENGTH_BYTES || head[LENGTH_BYTES] !== 0x7b) return false;
  const length = Buffer.from(head).readBigUInt64LE(0);
  return length <= BigInt(Math.min(sizeBytes - LENGTH_BYTES, MAX_HEADER_BYTES));
}

/** safetensors: header length (uint64 LE), JSON header, elements. Format: huggingface/safetensors. */
export async function readSafetensors(file: CheckpointFile): Promise<Map<string, TensorInfo>> {
  const length = Number((await file.read(0, LENGTH_BYTES)).readBigUInt64LE());
  const header = parseHeader(await file.read(LENGTH_BYTES, length));
  const dataStart = LENGTH_BYTES + length;
  const tensors = new Map<string, TensorInfo>();
  for (const [name, raw] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const parsed = tensorHeader.safeParse(raw);
    if (!parsed.success) throw new MalformedCheckpoint(`"${name}" is described in an unknown way`);
    tensors.set(name, openTensor(file, dataStart, name, parsed.data));
  }
  return withoutPrefixes(tensors);
}

function parseHeader(bytes: Buffer): object {
  try {
    const header: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header;
  } catch (cause) {
    throw new MalformedCheckpoint('the safetensors header is not JSON', { cause });
  }
  throw new MalformedCheckpoint('the safetensors header is no object');
}

function openTensor(
  file: CheckpointFile,
  dataStart: number,
  name: string,
  header: TensorHeader,
): TensorInfo {
  const { shape } = header;
  const [begin, end] = header.data_offsets;
  const dtype = Object.hasOwn(dtypes, header.dtype) ? dtypes[header.dtype] : undefined;
  if (dtype === undefined)
    throw new MalformedCheckpoint(`"${name}": type ${header.dtype} is not supported`);
  const bytes = bytesPerElement(dtype);
  const elements = elementCount(shape);
  if (end - begin !== elements * bytes || dataStart + end > file.sizeBytes) {
    throw new MalformedCheckpoint(
      `"${name}": shape [${shape.join()}] does not fit bytes ${begin} to ${end} of the file`,
    );
  }
  const start = dataStart + begin;
  const read = async (from: number, count: number): Promise<Float32Array> =>
    toFloat32(dtype, await file.read(start + from * bytes, count * bytes));
  return viewTensor(
    { dtype, elements, read },
    { offset: 0, shape, strides: contiguousStrides(shape) },
  );
}
