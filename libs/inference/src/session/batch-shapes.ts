import type { Device } from '@cullstream/contracts';

/** Each shape is this many times the one before. */
const STEP = 4;

/**
 * The batch sizes that a session is run with, in ascending order. Undefined where any size will do.
 * Every size is a shape that WebGPU and CoreML may compile programs for, so there are few. DirectML
 * keeps the programs of one shape only and compiles at every change, so it has one.
 * @param fullBatch images of a full batch
 */
export function listBatchShapes(device: Device, fullBatch: number): readonly number[] | undefined {
  if (device === 'dml') return [fullBatch];
  if (device !== 'webgpu' && device !== 'coreml') return undefined;
  const shapes: number[] = [];
  for (let size = 1; size < fullBatch; size *= STEP) shapes.push(size);
  return [...shapes, fullBatch];
}

/**
 * The smallest shape that holds a number of images, or the largest of all.
 * @param shapes in ascending order, not empty
 */
export function toShape(shapes: readonly number[], images: number): number {
  return shapes.find((size) => size >= images) ?? shapes.at(-1) ?? images;
}
