import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { toTensor } from '../../tests/support/torch-files.js';
import { openCheckpoint } from './open-checkpoint.js';
import { writeCheckpoint } from './write-checkpoint.js';

const tensors = new Map([
  ['net.0.weight', toTensor([2, 3], [1, 2, 3, 4, 5, 6])],
  ['net.0.bias', toTensor([2], [7, 8])],
]);

describe('writeCheckpoint', () => {
  it.each(['torch-zip', 'torch-legacy', 'torchscript', 'safetensors'] as const)(
    'writes a file of format %s that is read as it was meant',
    async (format) => {
      const path = join(await temporaryFolder(), 'model.pt');
      await writeCheckpoint(path, tensors, format);
      const checkpoint = await openCheckpoint(path);
      const read = new Map<string, number[]>();
      for (const [name, tensor] of checkpoint.tensors) read.set(name, [...(await tensor.read())]);
      await checkpoint.close();
      expect(checkpoint.format).toBe(format);
      expect(read).toEqual(
        new Map([
          ['net.0.weight', [1, 2, 3, 4, 5, 6]],
          ['net.0.bias', [7, 8]],
        ]),
      );
    },
  );
});
