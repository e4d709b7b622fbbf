import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { EMBEDDING_LENGTH } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { readNpy } from '../../tests/support/npy.js';
import { fixtures } from '../../tests/support/fixtures.js';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { demoTowerTensors } from '../demo/demo-tensors.js';
import { seededValues } from '../demo/seeded-values.js';
import { buildClipImageTower } from '../onnx/build-clip-image-tower.js';
import { encodeOnnxInline } from '../onnx/encode-onnx.js';
import type { OnnxModel, ValueInfo } from '../onnx/onnx-model.js';
import { createClipEncoder, type ClipEncoder, type ClipEncoderOptions } from './clip-encoder.js';
import {
  IMAGE_VALUES,
  normalizationTable,
  PIXELS_PER_IMAGE,
  toPlanes,
} from './normalize-pixels.js';

async function openModel(
  model: OnnxModel,
  options: Partial<ClipEncoderOptions> = {},
): Promise<ClipEncoder> {
  const modelPath = join(await temporaryFolder(), 'encoder.onnx');
  await writeFile(modelPath, await encodeOnnxInline(model));
  return createClipEncoder({ ...options, modelPath });
}

function smallTower(batch: number | string): OnnxModel {
  const model = buildClipImageTower(demoTowerTensors(7, { width: 64, layers: 1, patchPx: 32 }));
  const [input] = model.inputs;
  const [output] = model.outputs;
  if (input === undefined || output === undefined)
    throw new Error('a tower without input or output');
  const withBatch = (value: ValueInfo): ValueInfo => ({
    ...value,
    shape: [batch, ...value.shape.slice(1)],
  });
  return { ...model, inputs: [withBatch(input)], outputs: [withBatch(output)] };
}

const next = seededValues(3, 'pixels');
const pixels = Uint8Array.from({ length: 5 * IMAGE_VALUES }, () => (next() + 1) * 128);

describe('createClipEncoder', () => {
  it('tells how the model takes pixels', async () => {
    expect((await openModel(smallTower('batch'))).inputKind).toBe('uint8-nhwc');
  });

  it.each([1, 2, 4])('runs a model of fixed batch size %d as often as it takes', async (batch) => {
    const expected = await (await openModel(smallTower('batch'))).encode(pixels, 5);
    expect(await (await openModel(smallTower(batch))).encode(pixels, 5)).toEqual(expected);
  });

  it('gives an image the same bits in whichever shape its batch is run', async () => {
    const free = await openModel(smallTower('batch'));
    const shaped = await openModel(smallTower('batch'), { batchShapes: [1, 3, 4] });
    const expected = await free.encode(pixels, 5);
    for (const n of [1, 2, 3, 4, 5]) {
      const found = await shaped.encode(pixels.subarray(0, n * IMAGE_VALUES), n);
      expect(found, `${n} images`).toEqual(expected.subarray(0, n * EMBEDDING_LENGTH));
    }
  });

  it('encodes no image to nothing', async () => {
    const encoder = await openModel(smallTower('batch'));
    expect(await encoder.encode(new Uint8Array(0), 0)).toEqual(new Float32Array(0));
  });

  it('refuses pixels for another number of images', async () => {
    const encoder = await openModel(smallTower('batch'));
    await expect(encoder.encode(pixels, 4)).rejects.toThrow(RangeError);
  });

  it('lists what a model has that is no image encoder', async () => {
    const model: OnnxModel = {
      name: 'ranker',
      inputs: [{ name: 'features', type: 'float32', shape: ['n', 512] }],
      outputs: [{ name: 'scores', type: 'float32', shape: ['n', 512] }],
      nodes: [{ op: 'Relu', inputs: ['features'], outputs: ['scores'] }],
      initializers: [],
    };
    await expect(openModel(model)).rejects.toThrow(
      'inputs features float32 [n,512]; outputs scores',
    );
  });

  it('takes the output that is named after embeddings where several are 512 wide', async () => {
    const model = smallTower('batch');
    const other: ValueInfo = { name: 'pooled', type: 'float32', shape: ['batch', 512] };
    const negated = { op: 'Neg', inputs: ['image_embeds'], outputs: ['pooled'] };
    const encoder = await openModel({
      ...model,
      nodes: [...model.nodes, negated],
      outputs: [other, ...model.outputs],
    });
    const expected = await (await openModel(model)).encode(pixels, 5);
    expect(await encoder.encode(pixels, 5)).toEqual(expected);
  });
});

describe('normalizationTable', () => {
  it('is the table of the reference, bit for bit', () => {
    const expected = readNpy(new URL('preprocess/normalize_lut.npy', fixtures));
    expect(normalizationTable()).toEqual(expected.data);
  });

  it('begins and ends where OpenAI’s mean and deviation put black and white', () => {
    const table = normalizationTable();
    expect(table[0]).toBeCloseTo(-1.7923, 4);
    expect(table[767]).toBeCloseTo(2.1459, 4);
  });
});

describe('toPlanes', () => {
  it('orders planes and takes the statistics of each channel, image by image', () => {
    const planes = new Float32Array(2 * IMAGE_VALUES);
    const pixels = new Uint8Array(2 * IMAGE_VALUES).fill(255, IMAGE_VALUES);
    toPlanes(pixels, normalizationTable(), planes);
    const ofEachPlane = [0, 1, 2, 3, 4, 5].map((plane) => planes[plane * PIXELS_PER_IMAGE] ?? NaN);
    expect(ofEachPlane.map((value) => value.toFixed(4))).toEqual([
      ...['-1.7923', '-1.7521', '-1.4802'],
      ...['1.9303', '2.0749', '2.1459'],
    ]);
  });
});
