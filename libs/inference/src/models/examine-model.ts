import { extname } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { openCheckpoint, type CheckpointFormat } from '../checkpoint/open-checkpoint.js';
import type { TensorInfo } from '../checkpoint/tensor.js';
import { buildClipImageTower } from '../onnx/build-clip-image-tower.js';
import { buildMlp, mlpKinds, mlpShapes } from '../onnx/build-mlp.js';
import { readClipParameters } from '../onnx/clip-parameters.js';
import { describeLayers, ModelShapeError, readMlpLayers } from '../onnx/mlp-layers.js';
import { findEncoderValues } from '../session/clip-encoder.js';
import { describeSession } from '../session/describe-session.js';
import { findMlpValues } from '../session/mlp-model.js';
import { sessionOptions } from '../session/session-options.js';
import type { ModelKind } from './prepare-model.js';

/** The kind and the sizes of a model file. */
export interface ExaminedModel {
  readonly kind: ModelKind;
  readonly format: CheckpointFormat | 'onnx';
  /** Sizes in words: `512→256→64→1`, or the inputs and outputs of an ONNX file. */
  readonly shape: string;
}

type Judgement = Pick<ExaminedModel, 'kind' | 'shape'>;

/**
 * Finds the kind of a model by reading the file. The name matters only for `.onnx`.
 * @throws {CheckpointError | ModelShapeError} when it is damaged or of no known kind.
 */
export async function examineModel(path: string): Promise<ExaminedModel> {
  if (extname(path).toLowerCase() === '.onnx') return examineOnnx(path);
  const checkpoint = await openCheckpoint(path);
  try {
    return { format: checkpoint.format, ...judgeParameters(checkpoint.tensors) };
  } catch (cause) {
    if (!(cause instanceof ModelShapeError)) throw cause;
    throw new ModelShapeError(`${path}: ${cause.message}`, { cause });
  } finally {
    await checkpoint.close();
  }
}

function judgeParameters(tensors: ReadonlyMap<string, TensorInfo>): Judgement {
  const names = [...tensors.keys()];
  if (names.some((name) => /^(?:visual|vision_model)\./.test(name))) {
    buildClipImageTower(tensors);
    const { width, layers, patchPx } = readClipParameters(tensors).architecture;
    const shape = `ViT of ${layers} layers, ${width} wide, patches of ${patchPx} px`;
    return { kind: 'image-encoder', shape };
  }
  const layers = readMlpLayers(tensors);
  const kind = mlpKinds.find((each) => mlpShapes[each].inputs === layers[0]?.inputs);
  if (kind === undefined) {
    throw new ModelShapeError(
      `neither image encoder nor ranker nor crop proposer: its layers are ${describeLayers(layers)}; ` +
        mlpKinds.map((each) => `a ${each} ${describeEnds(each)}`).join(', '),
    );
  }
  buildMlp({ kind, layers });
  return { kind, shape: describeLayers(layers) };
}

async function examineOnnx(path: string): Promise<ExaminedModel> {
  const session = await openUnoptimised(path);
  try {
    const kind =
      findEncoderValues(session) === undefined
        ? mlpKinds.find((each) => findMlpValues(session, each) !== undefined)
        : 'image-encoder';
    if (kind !== undefined) return { kind, format: 'onnx', shape: describeSession(session) };
    throw new ModelShapeError(
      `${path}: neither image encoder nor ranker nor crop proposer: it has ${describeSession(session)}`,
    );
  } finally {
    await session.release();
  }
}

/** Only the shapes are needed: optimising 350 MB of weights for them would take seconds. */
async function openUnoptimised(path: string): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(path, {
      ...sessionOptions({ intraOpThreads: 1 }),
      graphOptimizationLevel: 'disabled',
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ModelShapeError(`${path}: onnxruntime cannot load it: ${message}`, { cause });
  }
}

function describeEnds(kind: (typeof mlpKinds)[number]): string {
  return `leads from ${mlpShapes[kind].inputs} to ${mlpShapes[kind].outputs}`;
}
