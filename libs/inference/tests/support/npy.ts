import { readFileSync } from 'node:fs';
import { toFloat32, type DType } from '../../src/checkpoint/dtype.js';

const types: Readonly<Record<string, DType>> = {
  '<f4': 'float32',
  '<f2': 'float16',
  '<i8': 'int64',
};

/** A little-endian array of numpy's format 1.0, as float32. */
export function readNpy(path: URL): { shape: number[]; data: Float32Array } {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const dtype = types[/'descr': '([^']+)'/.exec(header)?.[1] ?? ''];
  const shape = /'shape': \(([^)]*)\)/.exec(header)?.[1];
  if (dtype === undefined || shape === undefined)
    throw new Error(`cannot read ${path.href}: ${header}`);
  return {
    shape: shape.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)])),
    data: toFloat32(dtype, bytes.subarray(start)),
  };
}

/** Largest absolute difference; infinite where lengths differ or a value is not a number. */
export function maxDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((max, value, index) => {
    const difference = Math.abs(value - (b[index] ?? NaN));
    return Number.isNaN(difference) ? Infinity : Math.max(max, difference);
  }, 0);
}
