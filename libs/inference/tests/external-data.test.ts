import { appendFile, copyFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { demoTowerTensors } from '../src/demo/demo-tensors.js';
import { DigestCache, sha256OfModel } from '../src/models/digest-cache.js';
import { buildClipImageTower } from '../src/onnx/build-clip-image-tower.js';
import { encodeOnnxInline } from '../src/onnx/encode-onnx.js';
import { externalDataPath, writeOnnx } from '../src/onnx/write-onnx.js';
import { createClipEncoder } from '../src/session/clip-encoder.js';
import { IMAGE_VALUES } from '../src/session/normalize-pixels.js';
import { temporaryFolder } from './support/temporary-folder.js';

/** About 44 MB of weights: more than an ONNX file holds without external data. */
const tower = demoTowerTensors(1, { width: 512, layers: 3, patchPx: 32 });

describe('a model with its weights beside it', () => {
  it('gives the same bits as one that holds them', async () => {
    const folder = await temporaryFolder();
    const [apart, whole] = [join(folder, 'apart.onnx'), join(folder, 'whole.onnx')];
    await writeOnnx(buildClipImageTower(tower), apart);
    await writeFile(whole, await encodeOnnxInline(buildClipImageTower(tower)));
    expect((await stat(apart)).size).toBeLessThan(4_000_000);
    const pixels = new Uint8Array(IMAGE_VALUES).map((_, index) => index % 251);
    const encode = async (modelPath: string): Promise<Float32Array> =>
      (await createClipEncoder({ modelPath })).encode(pixels, 1);
    expect(await encode(apart)).toEqual(await encode(whole));
  });

  it('has another digest with other weights, though its own file is the same', async () => {
    const [first, second] = [await temporaryFolder(), await temporaryFolder()];
    const [model, copy] = [join(first, 'model.onnx'), join(second, 'model.onnx')];
    await writeOnnx(buildClipImageTower(tower), model);
    await copyFile(model, copy);
    await copyFile(externalDataPath(model), externalDataPath(copy));
    const digest = (path: string, cacheDir: string): Promise<string> =>
      sha256OfModel(path, new DigestCache(cacheDir));
    expect(await digest(copy, second)).toBe(await digest(model, first));
    await appendFile(externalDataPath(copy), 'x');
    expect(await digest(copy, second)).not.toBe(await digest(model, first));
  });
});
