import { fileURLToPath } from 'node:url';
import type { Features } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { fixtures } from '../../tests/support/fixtures.js';
import { maxDifference, readNpy } from '../../tests/support/npy.js';
import { toTensor } from '../../tests/support/torch-files.js';
import type { TensorInfo } from '../checkpoint/tensor.js';
import { openCheckpoint } from '../checkpoint/open-checkpoint.js';
import { demoTensor } from '../demo/demo-tensors.js';
import { toCropFeatures, toRankerFeatures, type ImageFeatures } from '../features.js';
import { createMlpModel } from '../session/mlp-model.js';
import { buildMlp, type MlpKind } from './build-mlp.js';
import { encodeOnnxInline } from './encode-onnx.js';
import { readMlpLayers } from './mlp-layers.js';

const goldens = new URL('mlp/', fixtures);
const raw = { embedding: 'raw', dimensionScale: 2048 } as const;
const legacyBatch = { embedding: 'l2', dimensionScale: 10_000 } as const;

async function openModel(kind: MlpKind, tensors: ReadonlyMap<string, TensorInfo>) {
  const model = buildMlp({ kind, layers: readMlpLayers(tensors) });
  return createMlpModel({ kind, model: await encodeOnnxInline(model) });
}

/** The 64 images of the goldens, through the model in a file below the folder of fixtures. */
async function runGoldens(file: string, kind: MlpKind, features: Features): Promise<Float32Array> {
  const checkpoint = await openCheckpoint(fileURLToPath(new URL(file, fixtures)));
  const model = await openModel(kind, checkpoint.tensors);
  await checkpoint.close();
  const images = goldenImages();
  const toFeatures = kind === 'ranker' ? toRankerFeatures : toCropFeatures;
  return model.run(toFeatures(images, features), images.length);
}

function goldenImages(): ImageFeatures[] {
  const embeddings = readNpy(new URL('embeddings_raw.npy', goldens)).data;
  const dimensions = readNpy(new URL('dimensions.npy', goldens)).data;
  return Array.from({ length: 64 }, (_, index) => ({
    vector: embeddings.subarray(index * 512, index * 512 + 512),
    widthPx: dimensions[2 * index] ?? 0,
    heightPx: dimensions[2 * index + 1] ?? 0,
  }));
}

describe('an MLP from a checkpoint', () => {
  it.each([
    ['ranker_a', 'raw', 'ranker_a.raw.scores.npy'],
    ['ranker_a', 'l2', 'ranker_a.l2.scores.npy'],
    ['ranker_b', 'raw', 'ranker_b.raw.scores.npy'],
    ['ranker_b', 'l2', 'ranker_b.l2.scores.npy'],
  ] as const)('gives the scores of %s from %s embeddings', async (name, embedding, expected) => {
    const scores = await runGoldens(`samples/${name}.safetensors`, 'ranker', { ...raw, embedding });
    expect(maxDifference(scores, readNpy(new URL(expected, goldens)).data)).toBeLessThan(1e-5);
  });

  it.each([
    ['raw', 2048],
    ['raw', 10_000],
    ['l2', 2048],
    ['l2', 10_000],
  ] as const)(
    'gives the boxes of a crop proposer from %s embeddings, sizes / %d',
    async (embedding, scale) => {
      const boxes = await runGoldens('samples/crop.safetensors', 'crop-proposer', {
        embedding,
        dimensionScale: scale,
      });
      const expected = new URL(`crop.${embedding}.div${scale}.boxes.npy`, goldens);
      expect(maxDifference(boxes, readNpy(expected).data)).toBeLessThan(1e-5);
    },
  );

  it.each(['wrapped_checkpoint', 'legacy_format', 'half_precision'])(
    'gives the same boxes from the container %s',
    async (name) => {
      const boxes = await runGoldens(`mlp/${name}.pt`, 'crop-proposer', legacyBatch);
      const expected = readNpy(new URL('crop_514_256_128_4_seed5.l2.div10000.boxes.npy', goldens));
      expect(maxDifference(boxes, expected.data)).toBeLessThan(1e-5);
    },
  );
});

function randomLayers(widths: readonly number[]): Map<string, TensorInfo> {
  const tensors = new Map<string, TensorInfo>();
  for (const [index, outputs] of widths.slice(1).entries()) {
    const shape = [outputs, widths[index] ?? 0];
    tensors.set(`net.${index * 3}.weight`, demoTensor(1, `w${index}`, { shape, deviation: 0.1 }));
    tensors.set(
      `net.${index * 3}.bias`,
      demoTensor(1, `b${index}`, { shape: [outputs], deviation: 1 }),
    );
  }
  return tensors;
}

describe('buildMlp', () => {
  it('gives a row the same bits in any batch', async () => {
    const model = await openModel('ranker', randomLayers([512, 64, 8, 1]));
    const rows = await demoTensor(2, 'rows', { shape: [33, 512], deviation: 1 }).read();
    const together = await model.run(rows, 33);
    for (const index of [0, 17, 32]) {
      const alone = await model.run(rows.slice(index * 512, (index + 1) * 512), 1);
      expect(alone[0]).toBe(together[index]);
    }
  });

  it('orders layers by number, not by name', () => {
    const tensors = new Map([
      ['net.10.weight', toTensor([1, 4], [])],
      ['net.2.weight', toTensor([4, 512], [])],
    ]);
    expect(readMlpLayers(tensors).map((layer) => layer.inputs)).toEqual([512, 4]);
  });

  it('takes a layer without a bias', async () => {
    const weight = Array.from({ length: 512 }, (_, index) => (index === 3 ? 2 : 0));
    const model = await openModel('ranker', new Map([['0.weight', toTensor([1, 512], weight)]]));
    const row = Float32Array.from({ length: 512 }, (_, index) => index);
    expect([...(await model.run(row, 1))]).toEqual([6]);
  });

  it('refuses a ranker where a crop proposer belongs', () => {
    const layers = readMlpLayers(randomLayers([512, 64, 1]));
    expect(() => buildMlp({ kind: 'crop-proposer', layers })).toThrow(
      'a crop-proposer leads from 514 to 4 numbers, but its layers are 512→64→1',
    );
  });

  it('refuses layers that do not meet', () => {
    const tensors = new Map([
      ['net.0.weight', toTensor([64, 512], [])],
      ['net.2.weight', toTensor([1, 32], [])],
    ]);
    expect(() => readMlpLayers(tensors)).toThrow('64 outputs, then 32 inputs');
  });

  it.each([
    ['a normalisation', { 'net.1.running_mean': toTensor([4], []) }, '"net.1.running_mean"'],
    ['two networks', { 'head.0.weight': toTensor([1, 4], []) }, 'layers of 2 networks'],
    ['a convolution', { 'net.2.weight': toTensor([1, 4, 3, 3], []) }, 'layer 2 is not linear'],
    ['a bias of another size', { 'net.0.bias': toTensor([5], []) }, 'bias of shape [5]'],
    ['a bias alone', { 'net.4.bias': toTensor([4], []) }, 'layer 4 has a bias but no weight'],
  ])('refuses a file with %s', (_, extra, message) => {
    const tensors = new Map([['net.0.weight', toTensor([4, 512], [])], ...Object.entries(extra)]);
    expect(() => readMlpLayers(tensors)).toThrow(message);
  });
});
