import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFloat32, toHalf } from './dtype.js';

describe('toFloat32', () => {
  it('reads float16 of every kind', () => {
    const bits = Uint16Array.of(
      0x0000,
      0x8000,
      0x0001,
      0x03ff,
      0x0400,
      0x3555,
      0x7bff,
      0xfc00,
      0x7e00,
    );
    const read = toFloat32('float16', new Uint8Array(bits.buffer));
    expect([...read]).toEqual([
      0,
      -0,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      0.333251953125,
      65_504,
      -Infinity,
      NaN,
    ]);
  });

  it('reads int64 and float64 as the nearest float32', () => {
    expect([...toFloat32('int64', new Uint8Array(BigInt64Array.of(-3n).buffer))]).toEqual([-3]);
    expect([...toFloat32('float64', new Uint8Array(Float64Array.of(0.5).buffer))]).toEqual([0.5]);
  });

  it('refuses half an element', () => {
    expect(() => toFloat32('float32', new Uint8Array(6))).toThrow('no whole number of float32');
  });
});

describe('toHalf', () => {
  it('is undone by reading, for every float16 that is a number', () => {
    const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
    const values = toFloat32('float16', new Uint8Array(all.buffer));
    const wrong = all.filter(
      (bits) => !Number.isNaN(values[bits]) && toHalf(values[bits] ?? 0) !== bits,
    );
    expect([...wrong]).toEqual([]);
  });

  it('takes the nearest float16', () => {
    fc.assert(
      fc.property(fc.float({ min: -65_000, max: 65_000, noNaN: true }), (value) => {
        const half = toHalf(value);
        const read = toFloat32('float16', new Uint8Array(Uint16Array.of(half).buffer))[0] ?? NaN;
        const unit = Math.max(2 ** (Math.floor(Math.log2(Math.abs(value) || 1)) - 10), 2 ** -24);
        expect(Math.abs(read - value)).toBeLessThanOrEqual(unit / 2);
      }),
    );
  });
});
