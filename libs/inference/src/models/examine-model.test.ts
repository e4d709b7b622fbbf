import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { CheckpointError } from '../checkpoint/checkpoint-error.js';
import { writeCheckpoint } from '../checkpoint/write-checkpoint.js';
import { demoTensor, demoTowerTensors } from '../demo/demo-tensors.js';
import { writeDemoModels } from '../demo/write-demo-models.js';
import { encodeOnnxInline } from '../onnx/encode-onnx.js';
import { examineModel } from './examine-model.js';

describe('examineModel', () => {
  it('tells a ranker from a crop proposer by their layers, whatever they are called', async () => {
    const { ranker, crop } = await writeDemoModels(await temporaryFolder());
    expect(await examineModel(ranker)).toEqual({
      kind: 'ranker',
      format: 'torch-zip',
      shape: '512→256→64→1',
    });
    expect(await examineModel(crop)).toMatchObject({
      kind: 'crop-proposer',
      shape: '514→256→128→4',
    });
  });

  it('knows an image encoder by its parameters', async () => {
    const path = join(await temporaryFolder(), 'weights.bin');
    await writeCheckpoint(path, demoTowerTensors(1, { width: 64, layers: 2, patchPx: 32 }));
    expect(await examineModel(path)).toEqual({
      kind: 'image-encoder',
      format: 'torch-zip',
      shape: 'ViT of 2 layers, 64 wide, patches of 32 px',
    });
  });

  it('knows an ONNX file by its inputs and outputs', async () => {
    const { embedder } = await writeDemoModels(await temporaryFolder());
    expect(await examineModel(embedder)).toMatchObject({ kind: 'image-encoder', format: 'onnx' });
  });

  it('refuses layers that are no known model, and says what they are', async () => {
    const path = join(await temporaryFolder(), 'other.pt');
    const weight = demoTensor(1, 'w', { shape: [3, 768], deviation: 1 });
    await writeCheckpoint(path, new Map([['net.0.weight', weight]]));
    await expect(examineModel(path)).rejects.toThrow(
      'its layers are 768→3; a ranker leads from 512',
    );
  });

  it('refuses an ONNX file that is no known model', async () => {
    const path = join(await temporaryFolder(), 'other.onnx');
    const value = { type: 'float32', shape: ['n', 7] } as const;
    const model = await encodeOnnxInline({
      name: 'other',
      inputs: [{ name: 'x', ...value }],
      outputs: [{ name: 'y', ...value }],
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
      initializers: [],
    });
    await writeFile(path, model);
    await expect(examineModel(path)).rejects.toThrow('neither image encoder nor ranker');
  });

  it('refuses what is no model at all', async () => {
    const path = join(await temporaryFolder(), 'page.pt');
    await writeFile(path, '<!doctype html>');
    await expect(examineModel(path)).rejects.toThrow(CheckpointError);
  });
});
