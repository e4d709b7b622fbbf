import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recipeNamed } from '../../../store/src/testing/image-results.js';
import { settleDevice } from './settle-device.js';

it('the device of auto is said with its reason; one that was named is not', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'cullstream-settle-'));
  try {
    const encoder = {
      embeddingRecipe: recipeNamed('a').embedding,
      paths: { embedderOnnx: 'encoder.onnx' },
    };
    const options = { cache, preprocess: 'exact' } as const;
    expect(await settleDevice(encoder, { ...options, device: 'auto' })).toEqual([
      expect.stringMatching(/^device cpu: the devices were not measured .* ‹tune› does$/),
    ]);
    expect(await settleDevice(encoder, { ...options, device: 'cpu' })).toEqual([]);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
});
