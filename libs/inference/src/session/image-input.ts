import { IMAGE_SIDE_PX } from '@cullstream/contracts';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { toHalf } from '../checkpoint/dtype.js';
import { IMAGE_VALUES, normalizationTable, toPlanes } from './normalize-pixels.js';

export type InputKind = 'uint8-nhwc' | 'float-nchw';

/** How an image encoder takes pixels. */
export interface ImageInput {
  readonly kind: InputKind;
  /** Images a run must have, or undefined where any number will do. */
  readonly fixedBatch: number | undefined;
  /** RGB pixels uint8 [n,224,224,3] as the model's input. */
  toTensor(pixels: Uint8Array, n: number): Tensor;
}

/**
 * The image input of a model that has no other input, or undefined when the model is something
 * else.
 */
export function findImageInput(metadata: InferenceSession.ValueMetadata): ImageInput | undefined {
  if (!metadata.isTensor || metadata.shape.length !== 4) return undefined;
  const [batch, ...image] = metadata.shape;
  const fixedBatch = typeof batch === 'number' && batch > 0 ? batch : undefined;
  if (metadata.type === 'uint8' && fits(image, [IMAGE_SIDE_PX, IMAGE_SIDE_PX, 3])) {
    return { kind: 'uint8-nhwc', fixedBatch, toTensor: toPixelTensor };
  }
  if (!fits(image, [3, IMAGE_SIDE_PX, IMAGE_SIDE_PX])) return undefined;
  if (metadata.type === 'float32') {
    return { kind: 'float-nchw', fixedBatch, toTensor: floatTensors() };
  }
  if (metadata.type === 'float16') {
    return { kind: 'float-nchw', fixedBatch, toTensor: halfTensors() };
  }
  return undefined;
}

/** A size that is known only at run time matches every size. */
function fits(shape: readonly (number | string)[], wanted: readonly number[]): boolean {
  return shape.every((size, axis) => typeof size === 'string' || size < 0 || size === wanted[axis]);
}

function toPixelTensor(pixels: Uint8Array, n: number): Tensor {
  return new Tensor('uint8', pixels, [n, IMAGE_SIDE_PX, IMAGE_SIDE_PX, 3]);
}

function floatTensors(): ImageInput['toTensor'] {
  const table = normalizationTable();
  return (pixels, n) => {
    const planes = new Float32Array(n * IMAGE_VALUES);
    toPlanes(pixels, table, planes);
    return new Tensor('float32', planes, [n, 3, IMAGE_SIDE_PX, IMAGE_SIDE_PX]);
  };
}

function halfTensors(): ImageInput['toTensor'] {
  const table = Uint16Array.from(normalizationTable(), toHalf);
  return (pixels, n) => {
    const planes = new Uint16Array(n * IMAGE_VALUES);
    toPlanes(pixels, table, planes);
    return new Tensor('float16', planes, [n, 3, IMAGE_SIDE_PX, IMAGE_SIDE_PX]);
  };
}
