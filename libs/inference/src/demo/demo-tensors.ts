import { IMAGE_SIDE_PX } from '@cullstream/contracts';
import { elementCount, type TensorInfo } from '../checkpoint/tensor.js';
import { seededValues } from './seeded-values.js';

/** Values of a made-up parameter: `centre` plus uniform noise of the given standard deviation. */
export interface DemoParameter {
  readonly shape: readonly number[];
  readonly deviation: number;
  readonly centre?: number | readonly number[];
}

/**
 * A parameter whose values follow from the seed and its name. They are computed when they are read.
 */
export function demoTensor(seed: number, name: string, parameter: DemoParameter): TensorInfo {
  const { shape, deviation, centre = 0 } = parameter;
  const read = (): Promise<Float32Array> => {
    const next = seededValues(seed, name);
    const halfWidth = deviation * Math.sqrt(3);
    const values = new Float32Array(elementCount(shape));
    for (let index = 0; index < values.length; index++) {
      const middle = typeof centre === 'number' ? centre : (centre[index] ?? 0);
      values[index] = middle + next() * halfWidth;
    }
    return Promise.resolve(values);
  };
  return { dtype: 'float32', shape, read };
}

/** Sizes of a made-up image tower. */
export interface DemoTowerSize {
  readonly width: number;
  readonly layers: number;
  readonly patchPx: number;
}

/**
 * Parameters of an untrained CLIP image tower by their published names, spread as CLIP's are before
 * training (initialize_parameters in OpenAI's clip/model.py).
 */
export function demoTowerTensors(seed: number, size: DemoTowerSize): Map<string, TensorInfo> {
  const { width, layers, patchPx } = size;
  const tokens = (IMAGE_SIDE_PX / patchPx) ** 2 + 1;
  const tensors = new Map<string, TensorInfo>();
  const add = (name: string, shape: readonly number[], deviation: number, centre = 0): void => {
    tensors.set(`visual.${name}`, demoTensor(seed, name, { shape, deviation, centre }));
  };
  const addNorm = (name: string): void => {
    add(`${name}.weight`, [width], 0.05, 1);
    add(`${name}.bias`, [width], 0.05);
  };
  const spread = width ** -0.5;
  add('conv1.weight', [width, 3, patchPx, patchPx], (3 * patchPx * patchPx) ** -0.5);
  add('class_embedding', [width], spread);
  add('positional_embedding', [tokens, width], spread);
  add('proj', [width, 512], spread);
  addNorm('ln_pre');
  addNorm('ln_post');
  for (let layer = 0; layer < layers; layer++) {
    const block = `transformer.resblocks.${layer}`;
    addNorm(`${block}.ln_1`);
    addNorm(`${block}.ln_2`);
    add(`${block}.attn.in_proj_weight`, [3 * width, width], spread);
    add(`${block}.attn.in_proj_bias`, [3 * width], 0.02);
    add(`${block}.attn.out_proj.weight`, [width, width], spread * (2 * layers) ** -0.5);
    add(`${block}.attn.out_proj.bias`, [width], 0.02);
    add(`${block}.mlp.c_fc.weight`, [4 * width, width], (2 * width) ** -0.5);
    add(`${block}.mlp.c_fc.bias`, [4 * width], 0.02);
    add(`${block}.mlp.c_proj.weight`, [width, 4 * width], spread * (2 * layers) ** -0.5);
    add(`${block}.mlp.c_proj.bias`, [width], 0.02);
  }
  return tensors;
}
