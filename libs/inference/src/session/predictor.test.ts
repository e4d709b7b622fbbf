import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { buildDemoCheckpoints } from '../demo/demo-checkpoints.js';
import { demoTensor } from '../demo/demo-tensors.js';
import { resolveModels } from '../models/resolve-models.js';
import { buildDemoEncoder } from '../demo/demo-encoder.js';
import { createMlpModel } from './mlp-model.js';
import { createPredictor, type Predictor } from './predictor.js';

const raw = { embedding: 'raw', dimensionScale: 2048 } as const;

async function demoPaths(): Promise<{ rankerOnnx: string; cropOnnx: string }> {
  const dir = await temporaryFolder();
  const embedder = join(dir, 'encoder.onnx');
  await buildDemoEncoder({ seed: 1, size: 'small', path: embedder });
  const models = await resolveModels({
    ...(await buildDemoCheckpoints({ seed: 1, dir })),
    embedder,
    features: 'as-trained',
    precision: 'fp32',
    preprocessing: 'exact-1',
    cacheDir: join(dir, 'prepared'),
  });
  return models.paths;
}

async function demoPredictor(): Promise<Predictor> {
  const { rankerOnnx, cropOnnx } = await demoPaths();
  return createPredictor({
    ranker: { path: rankerOnnx, features: raw },
    crop: { path: cropOnnx, features: raw },
  });
}

const image = async (name: string, widthPx = 1024) => ({
  vector: await demoTensor(1, name, { shape: [512], deviation: 0.5 }).read(),
  widthPx,
  heightPx: 768,
});

describe('createPredictor', () => {
  it('gives every image a score and a box inside the image, in order', async () => {
    const predictor = await demoPredictor();
    const predictions = await predictor.predict([await image('a'), await image('b')]);
    expect(predictions).toHaveLength(2);
    for (const { score, crop } of predictions) {
      expect(Number.isFinite(score)).toBe(true);
      expect(crop.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
    expect(predictions[0]?.score).not.toBe(predictions[1]?.score);
  });

  it('gives an image the same alone as among others', async () => {
    const predictor = await demoPredictor();
    const images = [await image('a'), await image('b'), await image('c')];
    const together = await predictor.predict(images);
    expect(await predictor.predict(images.slice(1, 2))).toEqual([together[1]]);
  });

  it('shows the size to the crop proposer only', async () => {
    const predictor = await demoPredictor();
    const [small, large] = await predictor.predict([await image('a', 10), await image('a', 9000)]);
    expect(large?.score).toBe(small?.score);
    expect(large?.crop).not.toEqual(small?.crop);
  });

  it('predicts nothing for no image', async () => {
    expect(await (await demoPredictor()).predict([])).toEqual([]);
  });

  it('refuses a ranker in the place of a crop proposer, listing its shapes', async () => {
    const { rankerOnnx } = await demoPaths();
    await expect(createMlpModel({ kind: 'crop-proposer', model: rankerOnnx })).rejects.toThrow(
      'takes float32 [N,514] and gives [N,4]; this model has inputs features float32 [batch,512]',
    );
  });
});
