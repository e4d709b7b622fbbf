import { ConfigurationError, EMBEDDING_LENGTH, type Device } from '@cullstream/contracts';
import { errorMessage } from '@cullstream/files';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { toFloat32 } from '../checkpoint/dtype.js';
import { ModelShapeError } from '../onnx/mlp-layers.js';
import { listBatchShapes, toShape } from './batch-shapes.js';
import { countPlacements, describePlacements } from './count-placements.js';
import { describeSession } from './describe-session.js';
import { requireDevice } from './devices.js';
import { findImageInput, type ImageInput, type InputKind } from './image-input.js';
import { IMAGE_VALUES } from './normalize-pixels.js';
import { sessionOptions } from './session-options.js';

/** A CLIP image encoder in memory. `encode` blocks the thread it is called on. */
export interface ClipEncoder {
  readonly inputKind: InputKind;
  /** RGB pixels uint8 [n,224,224,3] → raw embeddings float32 [n,512], not normalised. */
  encode(pixels: Uint8Array, n: number): Promise<Float32Array>;
  release(): Promise<void>;
}

export interface ClipEncoderOptions {
  /** Path of an ONNX file; its external data, if any, lies beside it. */
  readonly modelPath: string;
  readonly intraOpThreads?: number;
  /** The file was made by `shareWeights`. */
  readonly isOptimized?: boolean;
  /** Default: `cpu`. */
  readonly device?: Device | undefined;
  /**
   * Images of a full batch. Where a device compiles for each batch size, batches are padded to one
   * of a few sizes.
   */
  readonly batchSize?: number | undefined;
  /** The sizes of batches, in ascending order. Default: those of the device. */
  readonly batchShapes?: readonly number[] | undefined;
}

/**
 * Loads an image encoder from any ONNX file with one image input (float32 or float16 [N,3,224,224],
 * normalised here, or uint8 [N,224,224,3]) and an output [N,512]. A model of fixed batch size is run
 * as often as it takes.
 * @throws {ModelShapeError} listing what the model has instead.
 * @throws {ConfigurationError} when a device other than the processor does not take all of it
 *
 * @example
 * ```ts
 * const encoder = await createClipEncoder({ modelPath: 'clip.onnx' });
 * const embedding = await encoder.encode(pixels, 1); // float32 [1,512]
 * await encoder.release();
 * ```
 */
export async function createClipEncoder(options: ClipEncoderOptions): Promise<ClipEncoder> {
  const { modelPath, intraOpThreads = 1, isOptimized = false, device = 'cpu' } = options;
  const session = await InferenceSession.create(
    modelPath,
    sessionOptions({ intraOpThreads, isOptimized, device }),
  ).catch(async (cause: unknown) => {
    if (device === 'cpu') throw cause;
    throw await refusedBy(device, modelPath, cause);
  });
  const values = findEncoderValues(session);
  if (values === undefined) {
    throw new ModelShapeError(
      `${modelPath}: not an image encoder of CLIP ViT-B/32's shape: it has ${describeSession(session)}; ` +
        'expected one input float32 [N,3,224,224] or uint8 [N,224,224,3] and one output [N,512]',
    );
  }
  const { input, inputName, outputName } = values;
  const { batchSize } = options;
  const shapes =
    input.fixedBatch === undefined
      ? (options.batchShapes ??
        (batchSize === undefined ? undefined : listBatchShapes(device, batchSize)))
      : [input.fixedBatch];
  const run = async (pixels: Uint8Array, n: number): Promise<Float32Array> => {
    const feeds = { [inputName]: input.toTensor(pixels, n) };
    return toEmbeddings((await session.run(feeds, [outputName]))[outputName], n);
  };
  return {
    inputKind: input.kind,
    encode: (pixels, n) => encode(run, shapes, pixels, n),
    release: () => session.release(),
  };
}

/**
 * Reports the part of the model that the device does not compute.
 * @throws {ConfigurationError} when the device cannot be used here at all
 */
async function refusedBy(
  device: Device,
  modelPath: string,
  cause: unknown,
): Promise<ConfigurationError> {
  await requireDevice(device);
  const placements = await countPlacements(modelPath, device);
  const reason =
    placements === undefined || placements.elsewhere.size === 0
      ? errorMessage(cause)
      : `it does not take ${describePlacements(placements)}`;
  const problem = `device ${device}: does not compute all of ${modelPath}: ${reason}; use ‹device=cpu›`;
  return new ConfigurationError([problem], { cause });
}

const EMBEDDING_NAME = /embed|feature/i;

interface EncoderValues {
  readonly input: ImageInput;
  readonly inputName: string;
  readonly outputName: string;
}

/**
 * The names of the pixel input and the embedding output, or undefined when it is no image encoder.
 */
export function findEncoderValues(session: InferenceSession): EncoderValues | undefined {
  const [metadata, ...others] = session.inputMetadata;
  const input = metadata === undefined ? undefined : findImageInput(metadata);
  const outputName = findEmbeddingOutput(session);
  if (metadata === undefined || input === undefined || outputName === undefined) return undefined;
  return others.length > 0 ? undefined : { input, inputName: metadata.name, outputName };
}

/** The output that looks like [N,512]: by its name where several do. */
function findEmbeddingOutput(session: InferenceSession): string | undefined {
  const candidates = session.outputMetadata.filter((value) => {
    if (!value.isTensor || value.shape.length !== 2) return false;
    const width = value.shape[1];
    return width === EMBEDDING_LENGTH || typeof width === 'string' || width === -1;
  });
  if (candidates.length === 1) return candidates[0]?.name;
  const named = candidates.filter(({ name }) => EMBEDDING_NAME.test(name));
  const image = named.find(({ name }) => /image/i.test(name));
  return image?.name ?? (named.length === 1 ? named[0]?.name : undefined);
}

function toEmbeddings(output: Tensor | undefined, n: number): Float32Array {
  const data = output?.data;
  const embeddings =
    data instanceof Uint16Array
      ? toFloat32('float16', new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      : data;
  if (!(embeddings instanceof Float32Array) || embeddings.length !== n * EMBEDDING_LENGTH) {
    throw new ModelShapeError(
      `the image encoder gave ${output?.type ?? 'nothing'} [${output?.dims.join() ?? ''}] for ${n} images, not [${n},${EMBEDDING_LENGTH}]`,
    );
  }
  return embeddings;
}

async function encode(
  run: (pixels: Uint8Array, n: number) => Promise<Float32Array>,
  shapes: readonly number[] | undefined,
  pixels: Uint8Array,
  n: number,
): Promise<Float32Array> {
  if (pixels.length !== n * IMAGE_VALUES) {
    throw new RangeError(`${pixels.length} bytes of pixels for ${n} images of ${IMAGE_VALUES}`);
  }
  if (n === 0) return new Float32Array(0);
  if (shapes === undefined || shapes.includes(n)) return run(pixels, n);
  const embeddings = new Float32Array(n * EMBEDDING_LENGTH);
  for (let from = 0; from < n;) {
    const shape = toShape(shapes, n - from);
    const images = Math.min(shape, n - from);
    const part = pixels.subarray(from * IMAGE_VALUES, (from + images) * IMAGE_VALUES);
    const result = await run(images === shape ? part : pad(part, shape), shape);
    embeddings.set(result.subarray(0, images * EMBEDDING_LENGTH), from * EMBEDDING_LENGTH);
    from += images;
  }
  return embeddings;
}

/** Fills up with black images. */
function pad(pixels: Uint8Array, images: number): Uint8Array {
  const padded = new Uint8Array(images * IMAGE_VALUES);
  padded.set(pixels);
  return padded;
}
