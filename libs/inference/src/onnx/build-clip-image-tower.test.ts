import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { fixtures } from '../../tests/support/fixtures.js';
import { maxDifference, readNpy } from '../../tests/support/npy.js';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { toTensor } from '../../tests/support/torch-files.js';
import { openCheckpoint } from '../checkpoint/open-checkpoint.js';
import { writeCheckpoint } from '../checkpoint/write-checkpoint.js';
import { demoTowerTensors } from '../demo/demo-tensors.js';
import { seededValues } from '../demo/seeded-values.js';
import { createClipEncoder, type ClipEncoder } from '../session/clip-encoder.js';
import { IMAGE_VALUES } from '../session/normalize-pixels.js';
import { buildClipImageTower, type ClipTowerOptions } from './build-clip-image-tower.js';
import { encodeOnnxInline } from './encode-onnx.js';
import { writeOnnx } from './write-onnx.js';

const goldens = new URL('clip/', fixtures);
const tower = demoTowerTensors(7, { width: 64, layers: 2, patchPx: 32 });

/** `n` images of noise, uint8 [n,224,224,3]. */
function noise(n: number): Uint8Array {
  const next = seededValues(3, 'pixels');
  return Uint8Array.from({ length: n * IMAGE_VALUES }, () => (next() + 1) * 128);
}

async function openTower(options: ClipTowerOptions, tensors = tower): Promise<ClipEncoder> {
  const path = join(await temporaryFolder(), 'tower.onnx');
  await writeOnnx(buildClipImageTower(tensors, options), path);
  return createClipEncoder({ modelPath: path });
}

describe('a CLIP image tower from a checkpoint', () => {
  /** How far the embeddings of a checkpoint's tower are from the expected ones. */
  const measureDifference = async (path: string): Promise<number> => {
    const checkpoint = await openCheckpoint(path);
    const model = buildClipImageTower(checkpoint.tensors, { input: 'float-nchw' });
    const session = await InferenceSession.create(await encodeOnnxInline(model));
    await checkpoint.close();
    const { data, shape } = readNpy(new URL('pixels.npy', goldens));
    const output = await session.run({ pixels: new Tensor('float32', data, shape) });
    const expected = readNpy(new URL('embeds.npy', goldens)).data;
    return maxDifference(output['image_embeds']?.data as Float32Array, expected);
  };

  it.each(['openai_style_jit.pt', 'open_clip_pytorch_model.bin', 'open_clip_model.safetensors'])(
    'gives the embeddings of %s',
    async (file) => {
      expect(await measureDifference(fileURLToPath(new URL(file, goldens)))).toBeLessThan(2e-4);
    },
  );

  it('gives them from the stream that torch wrote before its zip container', async () => {
    const source = fileURLToPath(new URL('open_clip_pytorch_model.bin', goldens));
    const path = join(await temporaryFolder(), 'legacy.pt');
    const checkpoint = await openCheckpoint(source);
    await writeCheckpoint(path, checkpoint.tensors, 'torch-legacy');
    await checkpoint.close();
    const written = await openCheckpoint(path);
    await written.close();
    expect(written.format).toBe('torch-legacy');
    expect(await measureDifference(path)).toBeLessThan(2e-4);
  });

  it('gives the embeddings of the exported model from bytes of pixels', async () => {
    const exported = await createClipEncoder({
      modelPath: fileURLToPath(new URL('clip_tiny.onnx', goldens)),
    });
    const path = fileURLToPath(new URL('open_clip_model.safetensors', goldens));
    const checkpoint = await openCheckpoint(path);
    const built = await openTower({}, new Map(checkpoint.tensors));
    await checkpoint.close();
    const pixels = noise(3);
    const difference = maxDifference(
      await built.encode(pixels, 3),
      await exported.encode(pixels, 3),
    );
    expect(difference).toBeLessThan(2e-5);
  });
});

describe('buildClipImageTower', () => {
  const pixels = noise(5);
  const encode = async (options: ClipTowerOptions): Promise<Float32Array> =>
    (await openTower(options)).encode(pixels, 5);

  it('gives the same from bytes as from normalised planes', async () => {
    const planes = await encode({ input: 'float-nchw' });
    expect(maxDifference(planes, await encode({}))).toBeLessThan(2e-5);
  });

  it('gives an image the same bits in any batch', async () => {
    const encoder = await openTower({});
    const alone = await encoder.encode(pixels.subarray(4 * IMAGE_VALUES), 1);
    expect(alone).toEqual((await encoder.encode(pixels, 5)).slice(4 * 512));
  });

  it('tells the activations apart', async () => {
    const exact = await encode({ activation: 'gelu' });
    expect(maxDifference(exact, await encode({}))).toBeGreaterThan(1e-3);
  });

  it('takes other patch sizes and depths', async () => {
    const tensors = demoTowerTensors(1, { width: 128, layers: 3, patchPx: 16 });
    const model = buildClipImageTower(tensors);
    const session = await InferenceSession.create(await encodeOnnxInline(model));
    const feeds = { pixels: new Tensor('uint8', pixels.slice(0, IMAGE_VALUES), [1, 224, 224, 3]) };
    expect((await session.run(feeds))['image_embeds']?.dims).toEqual([1, 512]);
  });

  it('stays close to fp32 in int8', async () => {
    const [exact, quantised] = [await encode({}), await encode({ precision: 'int8' })];
    expect(cosine(quantised.subarray(0, 512), exact.subarray(0, 512))).toBeGreaterThan(0.999);
  });

  it('stays close to fp32 in fp16, and is half as large', async () => {
    const [exact, halved] = [await encode({}), await encode({ precision: 'fp16' })];
    expect(cosine(halved.subarray(0, 512), exact.subarray(0, 512))).toBeGreaterThan(0.99999);
    expect(halved).not.toEqual(exact);
    const measureSize = async (precision: 'fp32' | 'fp16') =>
      (await encodeOnnxInline(buildClipImageTower(tower, { precision }))).length;
    expect((await measureSize('fp16')) / (await measureSize('fp32'))).toBeCloseTo(0.5, 1);
  });

  it('gives an image the same bits in int8, whatever stands beside it', async () => {
    const encoder = await openTower({ precision: 'int8' });
    const together = await encoder.encode(pixels, 5);
    const alone = await encoder.encode(pixels.subarray(2 * IMAGE_VALUES, 3 * IMAGE_VALUES), 1);
    expect(alone).toEqual(together.slice(2 * 512, 3 * 512));
  });

  it('names the parameter that is missing', () => {
    const tensors = new Map(tower);
    tensors.delete('visual.ln_post.bias');
    expect(() => buildClipImageTower(tensors)).toThrow('visual.ln_post.bias is missing');
  });

  it('says what a ranker lacks to be an image tower', () => {
    const tensors = new Map([['net.0.weight', toTensor([256, 512], [])]]);
    expect(() => buildClipImageTower(tensors)).toThrow('no CLIP image tower');
  });

  it('refuses a tower for images of another size', () => {
    const tensors = demoTowerTensors(1, { width: 64, layers: 1, patchPx: 32 });
    const positions = tensors.get('visual.positional_embedding');
    if (positions === undefined) throw new Error('no positions');
    tensors.set('visual.positional_embedding', { ...positions, shape: [101, 64] });
    expect(() => buildClipImageTower(tensors)).toThrow('takes images of 320 px');
  });
});

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
