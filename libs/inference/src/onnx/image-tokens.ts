import { IMAGE_SIDE_PX } from '@cullstream/contracts';
import type { InputKind } from '../session/image-input.js';
import type { ClipParameters } from './clip-parameters.js';
import type { GraphBuilder } from './graph-builder.js';
import { addQuantizedWeight, type TowerPrecision } from './linear-layer.js';
import { constant, type ValueInfo } from './onnx-model.js';
import { loadPixelWeights, loadPositions } from './patch-weights.js';

/** TensorProto.DataType */
export const CAST_TO_FLOAT = 1;
export const CAST_TO_HALF = 10;
/**
 * A half represents a 256th of a byte value exactly, and weights for such pixels are not too small
 * for it.
 */
const HALF_PIXEL_SCALE = 256;

/** The graph's input `pixels` for a batch of any size. */
export function imageInputInfo(kind: InputKind): ValueInfo {
  return kind === 'uint8-nhwc'
    ? { name: 'pixels', type: 'uint8', shape: ['batch', IMAGE_SIDE_PX, IMAGE_SIDE_PX, 3] }
    : { name: 'pixels', type: 'float32', shape: ['batch', 3, IMAGE_SIDE_PX, IMAGE_SIDE_PX] };
}

/**
 * From `pixels` to the transformer's tokens [N, 1 + patches, width]: patches, the class token before
 * them, positions added. The class token is a row of zeros until its constant is added.
 */
export function addImageTokens(
  graph: GraphBuilder,
  parameters: ClipParameters,
  input: InputKind,
  precision: TowerPrecision,
): string {
  const { width, gridSide } = parameters.architecture;
  const patches =
    input === 'uint8-nhwc'
      ? addPixelPatches(graph, parameters, precision)
      : addPlanePatches(graph, parameters, precision);
  const rows = graph.reshape('patch_rows', patches, -1, gridSide ** 2, width);
  const padded = graph.add('Pad', 'class_and_patches', [rows, graph.ints(0, 1, 0, 0, 0, 0)]);
  const positions = graph.floats('positions', [gridSide ** 2 + 1, width], () =>
    loadPositions(parameters, input === 'uint8-nhwc' ? 'raw' : 'normalised'),
  );
  return graph.add('Add', 'tokens', [padded, positions]);
}

/** uint8 [N,224,224,3]: each patch becomes a row, and the convolution one product. */
function addPixelPatches(
  graph: GraphBuilder,
  parameters: ClipParameters,
  precision: TowerPrecision,
): string {
  const { width, patchPx, gridSide } = parameters.architecture;
  const inputs = patchPx * patchPx * 3;
  const cut = graph.reshape('cut', 'pixels', -1, gridSide, patchPx, gridSide, patchPx, 3);
  const toRows = (pixels: string) => {
    const sorted = graph.add('Transpose', 'sorted', [pixels], { perm: [0, 1, 3, 2, 4, 5] });
    return graph.reshape('pixel_rows', sorted, -1, inputs);
  };
  const weight = (): Promise<Float32Array> => loadPixelWeights(parameters);
  if (precision === 'fp16') {
    const halves = graph.add('Cast', 'half_pixels', [cut], { to: CAST_TO_HALF });
    const scaled = graph.add('Mul', 'scaled_pixels', [halves, graph.scalar(1 / HALF_PIXEL_SCALE)]);
    const matrix = graph.floats('patches.weight', [width, inputs], async () =>
      (await weight()).map((value) => value * HALF_PIXEL_SCALE),
    );
    return graph.add('Gemm', 'patches', [toRows(scaled), matrix], { transB: 1 });
  }
  if (precision === 'fp32') {
    // Converted to numbers first: WebGPU cannot transpose bytes.
    const floats = toRows(graph.add('Cast', 'float_pixels', [cut], { to: CAST_TO_FLOAT }));
    const matrix = graph.floats('patches.weight', [width, inputs], weight);
    return graph.add('Gemm', 'patches', [floats, matrix], { transB: 1 });
  }
  // Pixels are bytes already: used as activations of scale 1 they lose no precision.
  const quantized = addQuantizedWeight(graph, { name: 'patches', inputs, outputs: width, weight });
  const one = graph.constant(constant('pixel_scale', 'float32', [], Float32Array.of(1)));
  return graph.addFused('MatMulIntegerToFloat', 'patches', [
    toRows(cut),
    quantized.weight,
    one,
    quantized.scale,
  ]);
}

/**
 * float32 [N,3,224,224], normalised: the trained convolution, also computed as one matrix product.
 */
function addPlanePatches(
  graph: GraphBuilder,
  { architecture, get }: ClipParameters,
  precision: TowerPrecision,
): string {
  const { width, patchPx, gridSide } = architecture;
  const inputs = 3 * patchPx * patchPx;
  const pixels =
    precision === 'fp16'
      ? graph.add('Cast', 'half_pixels', ['pixels'], { to: CAST_TO_HALF })
      : 'pixels';
  const cut = graph.reshape('cut', pixels, -1, 3, gridSide, patchPx, gridSide, patchPx);
  const sorted = graph.add('Transpose', 'sorted', [cut], { perm: [0, 2, 4, 1, 3, 5] });
  const rows = graph.reshape('pixel_rows', sorted, -1, inputs);
  const kernel = get('conv1.weight');
  const matrix = graph.floats('patches.weight', [width, inputs], () => kernel.read());
  return graph.add('Gemm', 'patches', [rows, matrix], { transB: 1 });
}
