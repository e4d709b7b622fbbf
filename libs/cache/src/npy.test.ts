import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNpy, encodeNpy, NpyFormatError } from './npy.js';

const samples = new URL('../../../fixtures/samples/data/ai_data/embeddings/', import.meta.url);

describe('the .npy codec', () => {
  it('gives back every float32 vector bit for bit', () => {
    const vectors = fc.float32Array({ maxLength: 600 });
    fc.assert(
      fc.property(vectors, (vector) => {
        const bytes = encodeNpy(vector);
        expect(bytes.byteLength).toBe(128 + 4 * vector.length);
        expect(toBytes(decodeNpy(bytes))).toEqual(toBytes(vector));
      }),
    );
  });

  it('reads from a view that does not begin at a multiple of four', () => {
    const bytes = encodeNpy(Float32Array.of(1.5, -2));
    const shifted = new Uint8Array(bytes.byteLength + 1);
    shifted.set(bytes, 1);
    expect(decodeNpy(shifted.subarray(1))).toEqual(Float32Array.of(1.5, -2));
  });

  it('encodes a view of a larger array without its neighbours', () => {
    const view = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(decodeNpy(encodeNpy(view))).toEqual(Float32Array.of(2, 3));
  });

  it('writes the header of numpy', () => {
    const text = encodeNpy(new Float32Array(512)).subarray(0, 128).toString('latin1');
    const description = "{'descr': '<f4', 'fortran_order': False, 'shape': (512,), }";
    expect(text).toBe(`\x93NUMPY\x01\0v\0${description.padEnd(117)}\n`);
  });

  it('refuses a file that is cut anywhere', () => {
    const bytes = encodeNpy(new Float32Array(4));
    for (let length = 0; length < bytes.byteLength; length++) {
      expect(() => decodeNpy(bytes.subarray(0, length))).toThrow(NpyFormatError);
    }
  });

  it('refuses any other byte in the header', () => {
    const bytes = encodeNpy(new Float32Array(512));
    fc.assert(
      fc.property(fc.nat(127), fc.integer({ min: 1, max: 255 }), (position, change) => {
        const damaged = Buffer.from(bytes);
        damaged[position] = (damaged[position] ?? 0) ^ change;
        expect(() => decodeNpy(damaged)).toThrow(NpyFormatError);
      }),
    );
  });

  it('refuses other types and orders', () => {
    const bytes = encodeNpy(new Float32Array(512));
    const float64 = Buffer.from(bytes.toString('latin1').replace('<f4', '<f8'), 'latin1');
    expect(() => decodeNpy(float64)).toThrow('the header is not that of float32 [512]');
  });

  it('writes the bytes numpy wrote for the older tool', () => {
    const names = readdirSync(samples);
    expect(names).toHaveLength(8);
    for (const name of names) {
      const bytes = readFileSync(new URL(name, samples));
      expect(encodeNpy(decodeNpy(bytes)).equals(bytes)).toBe(true);
    }
  });
});

function toBytes(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}
