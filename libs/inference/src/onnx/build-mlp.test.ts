import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { maxDifference, readNpy } from '../../tests/support/npy.js';
import { hasShared, shared } from '../../tests/support/shared.js';
import { openCheckpoint } from '../checkpoint/open-checkpoint.js';
import { createPredictor } from '../session/predictor.js';
import { createMlpModel } from '../session/mlp-model.js';
import { toCropFeatures, toRankerFeatures } from '../features.js';
import { buildMlp, type MlpKind } from './build-mlp.js';
import { encodeOnnxInline } from './encode-onnx.js';
import { readMlpLayers } from './mlp-layers.js';

const goldens = new URL('goldens/mlp/', shared);

async function runFile(file: URL, kind: MlpKind, features: { embedding: 'raw' | 'l2'; dimensionScale: number }) {
  const checkpoint = await openCheckpoint(fileURLToPath(file));
  const model = buildMlp({ kind, layers: readMlpLayers(checkpoint.tensors) });
  const session = await createMlpModel({ kind, model: await encodeOnnxInline(model) });
  await checkpoint.close();
  const embeddings = readNpy(new URL('embeddings_raw.npy', goldens)).data;
  const dims = readNpy(new URL('dimensions.npy', goldens)).data;
  const images = Array.from({ length: 64 }, (_, i) => ({
    vector: embeddings.subarray(i * 512, i * 512 + 512),
    widthPx: dims[2 * i] ?? 0,
    heightPx: dims[2 * i + 1] ?? 0,
  }));
  const rows = kind === 'ranker' ? toRankerFeatures(images, features) : toCropFeatures(images, features);
  return session.run(rows, 64);
}

describe.skipIf(!hasShared)('x', () => {
  it.each([
    ['models/ranker_v2.pt', 'ranker', 'raw', 2048, 'ranker_v2.raw.scores.npy'],
    ['models/ranker_v2.pt', 'ranker', 'l2', 2048, 'ranker_v2.l2.scores.npy'],
    ['models/ranker_v3_w10.pt', 'ranker', 'raw', 2048, 'ranker_v3_w10.raw.scores.npy'],
    ['models/ranker_v3_w10.pt', 'ranker', 'l2', 2048, 'ranker_v3_w10.l2.scores.npy'],
    ['models/crop_proposer_v2.pt', 'crop-proposer', 'raw', 2048, 'crop_proposer_v2.raw.div2048.boxes.npy'],
    ['models/crop_proposer_v2.pt', 'crop-proposer', 'l2', 10000, 'crop_proposer_v2.l2.div10000.boxes.npy'],
    ['models/crop_proposer_v2.pt', 'crop-proposer', 'l2', 2048, 'crop_proposer_v2.l2.div2048.boxes.npy'],
    ['models/crop_proposer_v2.pt', 'crop-proposer', 'raw', 10000, 'crop_proposer_v2.raw.div10000.boxes.npy'],
    ['goldens/mlp/crop_514_256_128_4_seed5.pt', 'crop-proposer', 'l2', 10000, 'crop_514_256_128_4_seed5.l2.div10000.boxes.npy'],
    ['goldens/mlp/wrapped_checkpoint.pt', 'crop-proposer', 'l2', 10000, 'crop_514_256_128_4_seed5.l2.div10000.boxes.npy'],
    ['goldens/mlp/legacy_format.pt', 'crop-proposer', 'l2', 10000, 'crop_514_256_128_4_seed5.l2.div10000.boxes.npy'],
    ['goldens/mlp/half_precision.pt', 'crop-proposer', 'l2', 10000, 'crop_514_256_128_4_seed5.l2.div10000.boxes.npy'],
  ] as const)('%s %s %s %d', async (file, kind, embedding, dimensionScale, expected) => {
    const out = await runFile(new URL(file, shared), kind, { embedding, dimensionScale });
    const d = maxDifference(out, readNpy(new URL(expected, goldens)).data);
    console.log(file, embedding, d);
    expect(d).toBeLessThan(file.includes('half') ? 1e-2 : 1e-5);
  });
});
void createPredictor;
