import { decodeNpy, encodeNpy, NpyFormatError } from '../../../libs/cache/src/npy.js';
import { allowing, require, type FuzzTarget } from '../fuzz-target.js';

/** Vectors as numpy saves them: what is taken is written back to the same bytes. */
export const target: FuzzTarget = {
  name: 'npy',
  seeds: () => [encodeNpy(new Float32Array([1, -2, 0.5])), encodeNpy(new Float32Array(0))],
  tokens: ["'descr': '<f4'", "'shape': (3,)", "'fortran_order': True"].map((text) =>
    Buffer.from(text),
  ),
  run(bytes) {
    const vector = allowing([NpyFormatError], () => decodeNpy(bytes));
    require(vector === undefined ||
      encodeNpy(vector).equals(bytes), 'a vector is written back to its bytes');
  },
};
