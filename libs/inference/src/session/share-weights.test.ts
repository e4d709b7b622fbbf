import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { demoTowerTensors } from '../demo/demo-tensors.js';
import { seededValues } from '../demo/seeded-values.js';
import { buildClipImageTower } from '../onnx/build-clip-image-tower.js';
import type { TowerPrecision } from '../onnx/linear-layer.js';
import { writeOnnx } from '../onnx/write-onnx.js';
import { createClipEncoder } from './clip-encoder.js';
import { IMAGE_VALUES } from './normalize-pixels.js';
import { shareWeights } from './share-weights.js';

/** Digest of the one checkpoint that all graphs here are made from. */
const modelSha256 = 'a'.repeat(64);
const tensors = demoTowerTensors(5, { width: 64, layers: 2, patchPx: 32 });
const next = seededValues(3, 'pixels');
const pixels = Uint8Array.from({ length: 2 * IMAGE_VALUES }, () => (next() + 1) * 128);

async function writeTower(precision: TowerPrecision): Promise<string> {
  const path = join(await temporaryFolder(), `tower-${precision}.onnx`);
  await writeOnnx(buildClipImageTower(tensors, { precision }), path);
  return path;
}

async function computeVectors(modelPath: string, isOptimized: boolean): Promise<Float32Array> {
  const encoder = await createClipEncoder({ modelPath, isOptimized });
  const vectors = await encoder.encode(pixels, 2);
  await encoder.release();
  return vectors;
}

describe('weights that sessions share', () => {
  it('give the same bits as the model, in each precision of one checkpoint', async () => {
    const folder = await temporaryFolder();
    for (const precision of ['fp32', 'int8'] as const) {
      const plain = await writeTower(precision);
      const shared = await shareWeights({ modelPath: plain, modelSha256, folder, leastBytes: 1 });
      expect(await computeVectors(shared ?? '', true)).toEqual(await computeVectors(plain, false));
    }
  });

  it('are made once', async () => {
    const options = { modelSha256, folder: await temporaryFolder(), leastBytes: 1 };
    const modelPath = await writeTower('fp32');
    const shared = await shareWeights({ ...options, modelPath });
    const { mtimeMs } = await stat(shared ?? '');
    expect(await shareWeights({ ...options, modelPath })).toBe(shared);
    expect((await stat(shared ?? '')).mtimeMs).toBe(mtimeMs);
  });

  it('are not made of a small model', async () => {
    const modelPath = await writeTower('fp32');
    const folder = await temporaryFolder();
    expect(await shareWeights({ modelPath, modelSha256, folder })).toBeUndefined();
  });
});
