import { constants, deflateSync, inflateRawSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inflateInKernel } from '../../tests/inflate-in-kernel.js';
import { makeNoise } from '../../tests/make-noise.js';

interface Stream {
  readonly packed: Buffer;
  /** Bytes of a chunk. */
  readonly chunkBytes: number;
  /** Bytes that are asked for at a time. */
  readonly pieceBytes: number;
}

/** Inflates a stream piece by piece; undefined if the inflater refuses it. */
function inflateHere({ packed, chunkBytes, pieceBytes }: Stream, length: number) {
  const chunks: Buffer[] = [];
  for (let at = 0; at < packed.length; at += chunkBytes) {
    chunks.push(packed.subarray(at, at + chunkBytes));
  }
  return inflateInKernel(chunks, length, pieceBytes);
}

/** Bytes with short and long, near and far repetitions, and few or many different ones. */
const content = fc
  .record({
    length: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 200_000 })),
    values: fc.integer({ min: 1, max: 256 }),
    seed: fc.nat(),
    repeats: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        back: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 40_000 })),
        length: fc.integer({ min: 1, max: 2_000 }),
      }),
      { maxLength: 20 },
    ),
  })
  .map(({ length, values, seed, repeats }) => {
    const bytes = makeNoise(length, seed).map((byte) => byte % values);
    for (const { at, back, length: count } of repeats) {
      const start = Math.floor(at * length);
      for (let index = start; index < Math.min(length, start + count); index++) {
        bytes[index] = bytes[index - back] ?? 0;
      }
    }
    return bytes;
  });

const stream = fc
  .record({
    bytes: content,
    level: fc.integer({ min: 0, max: 9 }),
    memLevel: fc.integer({ min: 1, max: 9 }),
    windowBits: fc.integer({ min: 9, max: 15 }),
    strategy: fc.constantFrom(
      constants.Z_DEFAULT_STRATEGY,
      constants.Z_FILTERED,
      constants.Z_HUFFMAN_ONLY,
      constants.Z_RLE,
      constants.Z_FIXED,
    ),
    chunkBytes: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 300_000 })),
    pieceBytes: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 300_000 })),
  })
  .map(({ bytes, chunkBytes, pieceBytes, ...options }) => ({
    bytes,
    stream: { packed: deflateSync(bytes, options), chunkBytes, pieceBytes },
  }));

describe('inflating a stream in pieces', () => {
  test('gives the bytes that were deflated, whatever they are and however they were packed', () => {
    fc.assert(
      fc.property(stream, ({ bytes, stream }) => {
        expect(Buffer.compare(inflateHere(stream, bytes.length) ?? Buffer.of(0, 0), bytes)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('takes codes of every length, and blocks of every kind in one stream', () => {
    // With frequencies that grow like Fibonacci numbers, the rarest bytes get codes of 15 bits.
    const bytes: number[] = [];
    for (let value = 0, a = 1, b = 1; value < 22; value++, [a, b] = [b, a + b]) {
      for (let times = 0; times < a; times++) bytes.push(value);
    }
    const mixed = Buffer.concat([Buffer.from(bytes), Buffer.alloc(70_000), makeNoise(70_000, 3)]);
    for (const memLevel of [1, 8, 9]) {
      const packed = deflateSync(mixed, { memLevel, strategy: constants.Z_HUFFMAN_ONLY });
      const out = inflateHere({ packed, chunkBytes: 8_192, pieceBytes: 10_000 }, mixed.length);
      expect(out?.equals(mixed)).toBe(true);
    }
  });

  test('says so where it ends too early, goes on too long, or is not what its checksum says', () => {
    const bytes = makeNoise(5_000, 7);
    const packed = deflateSync(bytes);
    const options = { chunkBytes: 1_000, pieceBytes: 700 };
    expect(inflateHere({ packed, ...options }, bytes.length)).toBeDefined();
    expect(inflateHere({ packed, ...options }, bytes.length - 1)).toBeUndefined();
    expect(inflateHere({ packed, ...options }, bytes.length + 1)).toBeUndefined();
    for (const short of [1, 4, 5, 3_000, packed.length - 1, packed.length]) {
      const cut = { packed: packed.subarray(0, -short), ...options };
      expect(inflateHere(cut, bytes.length)).toBeUndefined();
    }
    packed[packed.length - 1] = (packed.at(-1) ?? 0) ^ 1;
    expect(inflateHere({ packed, ...options }, bytes.length)).toBeUndefined();
  });

  test('never takes what zlib does not, and takes it for the same', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(stream, flips, ({ bytes, stream }, places) => {
        const packed = Buffer.from(stream.packed);
        for (const [place, mask] of places) {
          const at = place % packed.length;
          packed[at] = (packed[at] ?? 0) ^ mask;
        }
        const out = inflateHere({ ...stream, packed }, bytes.length);
        if (out !== undefined) expect(out.equals(inflateSync(packed))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('reads what is damaged as zlib does where the checksum has been damaged to match', () => {
    let taken = 0;
    fc.assert(
      fc.property(stream, fc.nat(), fc.integer({ min: 1, max: 255 }), (made, place, mask) => {
        const damaged = Buffer.from(made.stream.packed.subarray(0, -4));
        const at = 2 + (place % (damaged.length - 2));
        damaged[at] = (damaged[at] ?? 0) ^ mask;
        const byZlib = inflateUnchecked(damaged.subarray(2));
        if (byZlib === undefined) return;
        const checksum = deflateSync(byZlib).subarray(-4);
        const packed = Buffer.concat([damaged, checksum]);
        const out = inflateHere({ ...made.stream, packed }, byZlib.length);
        if (out === undefined) return;
        expect(out.equals(byZlib)).toBe(true);
        taken += 1;
      }),
      { numRuns: 200 },
    );
    expect(taken).toBeGreaterThan(0);
  });
});

function inflateUnchecked(deflated: Buffer): Buffer | undefined {
  try {
    return inflateRawSync(deflated);
  } catch {
    return undefined;
  }
}
