import { floatBytes, safetensors } from '../../../libs/inference/tests/support/torch-files.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { openWeights } from '../weights-file.js';

const values = floatBytes([1, 2, 3, 4, 5, 6]);
const described = (dtype: string, shape: number[]) => ({ dtype, shape, data_offsets: [0, 24] });

export const target: FuzzTarget = {
  name: 'safetensors',
  seeds: () => [
    safetensors({ a: described('F32', [2, 3]) }, values),
    safetensors({ __metadata__: { format: 'pt' }, 'module.a': described('F16', [12]) }, values),
  ],
  tokens: [
    '"dtype":"F32"',
    '"shape":[',
    '"data_offsets":[0,',
    '"__metadata__":{}',
    '"BF16"',
    '"I64"',
    '"__proto__":',
  ].map((token) => Buffer.from(token)),
  mend(bytes) {
    const mended = Buffer.from(bytes);
    const end = mended.lastIndexOf('}}');
    if (end >= 8) mended.writeBigUInt64LE(BigInt(end + 2 - 8));
    return mended;
  },
  run: openWeights,
};
