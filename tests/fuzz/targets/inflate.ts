import { constants, deflateRawSync, inflateRawSync, inflateSync } from 'node:zlib';
import { PermanentError } from '@cullstream/contracts';
import { inflateAsPillow } from '../../../libs/imaging/src/png/inflate-as-pillow.js';
import { inflateInKernel } from '../../../libs/imaging/tests/inflate-in-kernel.js';
import { allowing, require, type FuzzTarget } from '../fuzz-target.js';

const MOST_BYTES = 1 << 16;
const text = Buffer.from('a sentence, a sentence and a longer sentence; '.repeat(8));

/** The deflate kernel in WebAssembly and the inflater for damaged streams, against zlib. Inputs are raw deflate. */
export const target: FuzzTarget = {
  name: 'inflate',
  seeds: () => [
    deflateRawSync(text),
    deflateRawSync(text, { level: 0 }),
    deflateRawSync(text, { strategy: constants.Z_FIXED }),
    deflateRawSync(text, { strategy: constants.Z_HUFFMAN_ONLY }),
    deflateRawSync(text, { strategy: constants.Z_RLE }),
    deflateRawSync(Buffer.alloc(3000, 7)),
  ],
  run(deflated) {
    const expected = inflateWhole(deflated);
    const stream = Buffer.concat([Buffer.of(0x78, 0x9c), deflated, checksum(expected)]);
    const reference = expected && inflateSync(stream);
    for (const pieceBytes of [37, MOST_BYTES]) {
      const found = inflateInKernel(
        [stream.subarray(0, 9), stream.subarray(9)],
        expected?.length ?? 100,
        pieceBytes,
      );
      require(found === undefined ||
        reference?.equals(found) === true, 'the kernel gives what zlib gives');
      require(found !== undefined || reference === undefined, 'the kernel takes what zlib takes');
    }
    // Two rows.
    const length = reference?.length ?? 0;
    if (reference === undefined || length < 2) {
      allowing([PermanentError], () => inflateAsPillow([stream], Float64Array.of(50, 100)));
      return;
    }
    const ends = Float64Array.of(Math.ceil(length / 2), length);
    const { data } = inflateAsPillow([stream.subarray(0, 5), stream.subarray(5)], ends);
    require(reference.equals(data), 'the inflater for damaged streams gives what zlib gives');
  },
};

/** What zlib makes of a stream that ends where the bytes do. */
function inflateWhole(deflated: Buffer): Buffer | undefined {
  try {
    const { buffer, engine } = inflateRawSync(deflated, {
      maxOutputLength: MOST_BYTES,
      info: true,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return engine.bytesWritten === deflated.length ? buffer : undefined;
  } catch {
    return undefined;
  }
}

function checksum(bytes: Buffer | undefined): Buffer {
  let [low, high] = [1, 0];
  for (const byte of bytes ?? []) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(high * 65_536 + low);
  return sum;
}
