import { MalformedCheckpoint } from './checkpoint-error.js';

const elementBytes = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float64: 8,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
} as const;
export type DType = keyof typeof elementBytes;

/** Bytes of one element. */
export function bytesPerElement(dtype: DType): number {
  return elementBytes[dtype];
}

/**
 * Little-endian elements as float32. float16 and bfloat16 are exact; float64 and int64 are rounded.
 * `bytes` may be reused as the result's memory.
 */
export function toFloat32(dtype: DType, bytes: Uint8Array): Float32Array {
  const size = elementBytes[dtype];
  if (bytes.byteLength % size !== 0) {
    throw new MalformedCheckpoint(`${bytes.byteLength} bytes are no whole number of ${dtype}`);
  }
  const count = bytes.byteLength / size;
  if (dtype === 'float32') return float32View(bytes, count);
  const result = new Float32Array(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const element = readers[dtype];
  for (let index = 0; index < count; index++) result[index] = element(view, index * size);
  return result;
}

function float32View(bytes: Uint8Array, count: number): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(aligned.buffer as ArrayBuffer, aligned.byteOffset, count);
}

const readers: Record<Exclude<DType, 'float32'>, (view: DataView, at: number) => number> = {
  float16: (view, at) => halfTable()[view.getUint16(at, true)] ?? 0,
  bfloat16: (view, at) => bitsToFloat(view.getUint16(at, true) << 16),
  float64: (view, at) => view.getFloat64(at, true),
  int64: (view, at) => Number(view.getBigInt64(at, true)),
  int32: (view, at) => view.getInt32(at, true),
  int16: (view, at) => view.getInt16(at, true),
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  bool: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
};

const scratch = new DataView(new ArrayBuffer(4));

function bitsToFloat(bits: number): number {
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}

let halves: Float32Array | undefined;

/** Every float16 as float32, by its bits: IEEE 754 binary16. */
function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 65_536 }, (_, bits) => halfToNumber(bits));
  return halves;
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Bits of the float16 nearest to a value, ties to even; too large becomes infinite. */
export function toHalf(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = Math.abs(Math.fround(value));
  if (Number.isNaN(magnitude)) return sign | 0x7e00;
  if (magnitude >= 65_520) return sign | 0x7c00;
  const exponent = Math.max(((bits >>> 23) & 0xff) - 127, -14);
  const units = roundToEven(magnitude / 2 ** (exponent - 10));
  // A carry out of the fraction raises the exponent by itself; below 2^-14 there is no hidden bit.
  return sign | (units + (exponent + 14) * 1024);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
