import type { TensorInfo } from '../checkpoint/tensor.js';
import { ModelShapeError } from './mlp-layers.js';

/** CLIP's heads are 64 wide, in every published ViT of OpenAI and OpenCLIP's B and L sizes. */
const HEAD_WIDTH = 64;

/** Sizes of CLIP's image tower, as its parameters tell them. */
export interface ClipArchitecture {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly patchPx: number;
  /** Patches along one side of the image. */
  readonly gridSide: number;
  readonly mlpWidth: number;
  readonly outputWidth: number;
}

/** The parameters of CLIP's image tower by their published names, without `visual.`. */
export interface ClipParameters {
  readonly architecture: ClipArchitecture;
  readonly get: (name: string) => TensorInfo;
}

/**
 * The image tower among a checkpoint's parameters, every shape checked; the text tower is ignored.
 * Names as in OpenAI's CLIP (clip/model.py, VisionTransformer) and OpenCLIP.
 * @throws {ModelShapeError} when a parameter is missing or of another shape.
 */
export function readClipParameters(tensors: ReadonlyMap<string, TensorInfo>): ClipParameters {
  const get = (name: string): TensorInfo => {
    const tensor = tensors.get(`visual.${name}`);
    if (tensor === undefined) throw new ModelShapeError(missing(tensors, `visual.${name}`));
    return tensor;
  };
  const architecture = readArchitecture(get, tensors);
  for (const [name, shape] of expectedShapes(architecture)) {
    const found = get(name).shape;
    if (found.join() !== shape.join()) {
      throw new ModelShapeError(`visual.${name} is [${found.join()}], expected [${shape.join()}]`);
    }
  }
  return { architecture, get };
}

function readArchitecture(
  get: (name: string) => TensorInfo,
  tensors: ReadonlyMap<string, TensorInfo>,
): ClipArchitecture {
  const [width = 0, , patchPx = 0] = get('conv1.weight').shape;
  const [tokens = 0] = get('positional_embedding').shape;
  const [, outputWidth = 0] = get('proj').shape;
  const [mlpWidth = 0] = get('transformer.resblocks.0.mlp.c_fc.weight').shape;
  const layers = [...tensors.keys()].filter((name) =>
    /^visual\.transformer\.resblocks\.\d+\.ln_1\.weight$/.test(name),
  ).length;
  const gridSide = Math.round(Math.sqrt(tokens - 1));
  if (width % HEAD_WIDTH !== 0 || gridSide ** 2 + 1 !== tokens) {
    throw new ModelShapeError(`not a ViT of CLIP's kind: width ${width}, ${tokens} positions`);
  }
  return { width, layers, heads: width / HEAD_WIDTH, patchPx, gridSide, mlpWidth, outputWidth };
}

function* expectedShapes(a: ClipArchitecture): Generator<[string, number[]]> {
  yield ['conv1.weight', [a.width, 3, a.patchPx, a.patchPx]];
  yield ['class_embedding', [a.width]];
  yield ['positional_embedding', [a.gridSide ** 2 + 1, a.width]];
  yield ['proj', [a.width, a.outputWidth]];
  for (const norm of ['ln_pre', 'ln_post']) yield* normShapes(norm, a.width);
  for (let layer = 0; layer < a.layers; layer++) {
    const block = `transformer.resblocks.${layer}`;
    yield* normShapes(`${block}.ln_1`, a.width);
    yield* normShapes(`${block}.ln_2`, a.width);
    yield [`${block}.attn.in_proj_weight`, [3 * a.width, a.width]];
    yield [`${block}.attn.in_proj_bias`, [3 * a.width]];
    yield* linearShapes(`${block}.attn.out_proj`, a.width, a.width);
    yield* linearShapes(`${block}.mlp.c_fc`, a.width, a.mlpWidth);
    yield* linearShapes(`${block}.mlp.c_proj`, a.mlpWidth, a.width);
  }
}

function* normShapes(name: string, width: number): Generator<[string, number[]]> {
  yield [`${name}.weight`, [width]];
  yield [`${name}.bias`, [width]];
}

function* linearShapes(
  name: string,
  inputs: number,
  outputs: number,
): Generator<[string, number[]]> {
  yield [`${name}.weight`, [outputs, inputs]];
  yield [`${name}.bias`, [outputs]];
}

function missing(tensors: ReadonlyMap<string, TensorInfo>, name: string): string {
  const names = [...tensors.keys()];
  const hint = names.some((key) => key.startsWith('vision_model.'))
    ? ' It has the names of the transformers library; take the OpenAI or OpenCLIP file of the same model'
    : '';
  return `no CLIP image tower: ${name} is missing among ${names.length} parameters (${names.slice(0, 4).join(', ')}, …).${hint}`;
}
