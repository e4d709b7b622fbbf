import { EMBEDDING_LENGTH, IMAGE_SIDE_PX, type Activation } from '@cullstream/contracts';
import type { TensorInfo } from '../checkpoint/tensor.js';
import type { InputKind } from '../session/image-input.js';
import { DEFAULT_ACTIVATION } from './clip-activation.js';
import { readClipParameters, type ClipArchitecture } from './clip-parameters.js';
import { GraphBuilder } from './graph-builder.js';
import { addImageTokens, CAST_TO_FLOAT, imageInputInfo } from './image-tokens.js';
import type { TowerPrecision } from './linear-layer.js';
import { ModelShapeError } from './mlp-layers.js';
import type { OnnxModel } from './onnx-model.js';
import { addLayerNorm, addTransformer } from './transformer-block.js';

export interface ClipTowerOptions {
  /** Default: `quick-gelu`, as OpenAI's weights were trained. */
  readonly activation?: Activation;
  /** Default: `uint8-nhwc`, with normalisation folded into the first convolution. */
  readonly input?: InputKind;
  /** Default: `fp32`. */
  readonly precision?: TowerPrecision;
}

/**
 * CLIP's image tower from `visual.*` parameters: `pixels` → `image_embeds` float32 [N,512], raw.
 * `pixels` is uint8 [N,224,224,3], or float32 [N,3,224,224] normalised as CLIP was trained. In int8
 * each image's activations are quantised by themselves, so no vector depends on what stands beside it. In
 * fp16 weights and activations are halves, from the pixels to the last product.
 * Architecture: VisionTransformer in OpenAI's clip/model.py.
 * @throws {ModelShapeError} when parameters are missing, or lead elsewhere than from 224 px to 512 numbers.
 */
export function buildClipImageTower(
  tensors: ReadonlyMap<string, TensorInfo>,
  options: ClipTowerOptions = {},
): OnnxModel {
  const { activation = DEFAULT_ACTIVATION, input = 'uint8-nhwc', precision = 'fp32' } = options;
  const parameters = readClipParameters(tensors);
  checkSizes(parameters.architecture);
  const { width, outputWidth } = parameters.architecture;
  const graph = new GraphBuilder(precision === 'fp16' ? 'float16' : 'float32');
  const tokens = addImageTokens(graph, parameters, input, precision);
  const rows = graph.reshape('token_rows', tokens, -1, width);
  const normed = addLayerNorm(graph, parameters, 'ln_pre', rows);
  const classTokens = addTransformer(graph, parameters, normed, { activation, precision });
  const last = addLayerNorm(graph, parameters, 'ln_post', classTokens);
  const projection = parameters.get('proj');
  const matrix = graph.floats('proj', projection.shape, () => projection.read());
  if (precision === 'fp16') {
    const halves = graph.add('Gemm', 'half_embeds', [last, matrix]);
    graph.add('Cast', 'image_embeds', [halves], { to: CAST_TO_FLOAT });
  } else graph.add('Gemm', 'image_embeds', [last, matrix]);
  return {
    name: 'clip-image-tower',
    inputs: [imageInputInfo(input)],
    outputs: [{ name: 'image_embeds', type: 'float32', shape: ['batch', outputWidth] }],
    nodes: graph.nodes,
    initializers: graph.initializers,
    metadata: { activation, input, precision },
  };
}

function checkSizes({ gridSide, patchPx, outputWidth }: ClipArchitecture): void {
  const sidePx = gridSide * patchPx;
  if (sidePx !== IMAGE_SIDE_PX || outputWidth !== EMBEDDING_LENGTH) {
    throw new ModelShapeError(
      `takes images of ${sidePx} px and gives ${outputWidth} numbers; ` +
        `expected ${IMAGE_SIDE_PX} and ${EMBEDDING_LENGTH}, as ViT-B/32 and ViT-B/16 have them`,
    );
  }
}
