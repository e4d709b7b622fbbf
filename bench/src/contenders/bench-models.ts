import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDemoCheckpoints, buildDemoEncoder, type DemoModels } from '@cullstream/inference';
import { transformersModel } from './loop.js';

export interface BenchModels extends DemoModels {
  /** Folder of the same weights as a plain graph, with what transformers.js wants beside it. */
  readonly plain: string;
}

const SEED = 7;

/** Of CLIP's preprocessing: OpenAI's published means and deviations. */
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

/** The same weights at int8, in one graph that Cullstream and transformers.js both take. Made once. */
export async function makeQuantizedModel(folder: string): Promise<{ plain: string; file: string }> {
  const place = join(folder, 'models', 'quantized');
  const file = join(place, 'onnx', 'vision_model_quantized.onnx');
  if (!existsSync(place)) {
    const unfinished = `${place}.unfinished`;
    await mkdir(join(unfinished, 'onnx'), { recursive: true });
    await buildDemoEncoder({
      seed: SEED,
      size: 'vit-b-32',
      path: join(unfinished, 'onnx', 'vision_model_quantized.onnx'),
      input: 'float-nchw',
      precision: 'int8',
    });
    await writeConfiguration(unfinished);
    await rename(unfinished, place);
  }
  return { plain: place, file };
}

/** What transformers.js wants beside a graph. */
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

/** Full-size ViT-B/32 with made-up weights, once for Cullstream and once for others. Made once. */
export async function makeBenchModels(folder: string): Promise<BenchModels> {
  const place = join(folder, 'models');
  const embedder = join(place, 'clip_vit_b_32.onnx');
  const plain = transformersModel.folderOf(place);
  if (!existsSync(plain)) {
    const unfinished = join(place, 'plain.unfinished');
    await mkdir(join(unfinished, 'onnx'), { recursive: true });
    await buildDemoEncoder({ seed: SEED, size: 'vit-b-32', path: embedder });
    await buildDemoEncoder({
      seed: SEED,
      size: 'vit-b-32',
      path: join(unfinished, 'onnx', 'vision_model.onnx'),
      input: 'float-nchw',
    });
    await writeConfiguration(unfinished);
    await rename(unfinished, plain);
  }
  return { embedder, plain, ...(await buildDemoCheckpoints({ seed: SEED, dir: place })) };
}

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
