import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  buildClipImageTower,
  buildDemoCheckpoints,
  buildDemoEncoder,
  openCheckpoint,
  writeOnnx,
  type ClipTowerOptions,
  type DemoModels,
} from '@cullstream/inference';
import { makeEncoderCheckpoint } from '../corpus/encoder-checkpoint.js';
import { transformersModel } from './loop.js';
import { quantizeWholeBatches } from './quantize-whole-batches.js';

export interface BenchModels extends DemoModels {
  /** Folder with the same model and the configuration files that transformers.js needs. */
  readonly plain: string;
}

const SEED = 7;

/** CLIP's preprocessing, with OpenAI's published means and standard deviations. */
const preprocessor = {
  image_processor_type: 'CLIPImageProcessor',
  do_resize: true,
  size: { shortest_edge: 224 },
  resample: 3,
  do_center_crop: true,
  crop_size: { height: 224, width: 224 },
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
};

export interface QuantizedModels {
  /** As Cullstream builds it: the activations of each image have their own scale. */
  readonly embedder: string;
  /**
   * Folder with the same int8 weights for transformers.js: one scale for the activations of a
   * batch.
   */
  readonly plain: string;
}

/** The same int8 weights, one file for Cullstream and one for other programs. Made once. */
export async function makeQuantizedModels(folder: string): Promise<QuantizedModels> {
  const embedder = join(folder, 'models', 'clip_vit_b_32_int8.onnx');
  const plain = join(folder, 'models', 'plain-int8');
  if (!existsSync(plain)) {
    const unfinished = `${plain}.unfinished`;
    await mkdir(join(unfinished, 'onnx'), { recursive: true });
    const checkpoint = await openCheckpoint(await makeEncoderCheckpoint(folder, 'safetensors'));
    const build = (input: NonNullable<ClipTowerOptions['input']>) =>
      buildClipImageTower(checkpoint.tensors, { input, precision: 'int8' });
    const file = join(unfinished, 'onnx', 'vision_model_quantized.onnx');
    await writeOnnx(build('uint8-nhwc'), embedder);
    await writeOnnx(quantizeWholeBatches(build('float-nchw')), file);
    await checkpoint.close();
    await writeConfiguration(unfinished);
    await rename(unfinished, plain);
  }
  return { embedder, plain };
}

/** The configuration files that transformers.js needs beside a graph. */
async function writeConfiguration(place: string): Promise<void> {
  await writeJson(join(place, 'preprocessor_config.json'), preprocessor);
  await writeJson(join(place, 'config.json'), {
    model_type: 'clip_vision_model',
    architectures: ['CLIPVisionModelWithProjection'],
    image_size: 224,
    patch_size: 32,
    projection_dim: 512,
  });
}

/**
 * Full-size ViT-B/32 with made-up weights, in one file for all contenders. Its input is floats, as
 * other programs use. Made once.
 */
export async function makeBenchModels(folder: string): Promise<BenchModels> {
  const place = join(folder, 'models');
  const plain = transformersModel.toFolder(place);
  if (!existsSync(plain)) {
    const unfinished = join(place, 'plain.unfinished');
    await mkdir(join(unfinished, 'onnx'), { recursive: true });
    await buildDemoEncoder({
      seed: SEED,
      size: 'vit-b-32',
      path: join(unfinished, 'onnx', 'vision_model.onnx'),
      input: 'float-nchw',
    });
    await writeConfiguration(unfinished);
    await rename(unfinished, plain);
  }
  const embedder = transformersModel.toFile(place);
  return { embedder, plain, ...(await buildDemoCheckpoints({ seed: SEED, dir: place })) };
}

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
