import { InferenceSession, Tensor } from 'onnxruntime-node';
import { mlpShapes, type MlpKind } from '../onnx/build-mlp.js';
import { ModelShapeError } from '../onnx/mlp-layers.js';
import { sessionOptions } from './session-options.js';
import { describeSession } from './describe-session.js';

/** A ranker or crop proposer in memory. */
export interface MlpModel {
  readonly kind: MlpKind;
  /** `features` float32 [n, 512 or 514] → float32 [n, 1 or 4]. A row's result does not depend on the others. */
  run(features: Float32Array, n: number): Promise<Float32Array>;
  release(): Promise<void>;
}

export interface MlpModelOptions {
  readonly kind: MlpKind;
  /** Path or bytes of an ONNX file. */
  readonly model: string | Uint8Array;
  readonly intraOpThreads?: number;
}

/**
 * Loads a ranker or crop proposer from ONNX with one input [N, 512 | 514] and one output [N, 1 | 4]
 * (a ranker's may be [N]).
 * @throws {ModelShapeError} when the model has another shape.
 */
export async function createMlpModel(options: MlpModelOptions): Promise<MlpModel> {
  const { kind, model, intraOpThreads = 1 } = options;
  const session = await openSession(model, sessionOptions({ intraOpThreads }));
  const { inputs, outputs } = mlpShapes[kind];
  const values = findMlpValues(session, kind);
  if (values === undefined) {
    throw new ModelShapeError(
      `a ${kind} takes float32 [N,${inputs}] and gives [N,${outputs}]; this model has ${describeSession(session)}`,
    );
  }
  const { inputName, outputName } = values;
  return {
    kind,
    run: async (features, n) => {
      if (features.length !== n * inputs) {
        throw new RangeError(`${features.length} features for ${n} rows of ${inputs}`);
      }
      if (n === 0) return new Float32Array(0);
      const feeds = { [inputName]: new Tensor('float32', features, [n, inputs]) };
      const result = (await session.run(feeds, [outputName]))[outputName];
      if (!(result?.data instanceof Float32Array) || result.data.length !== n * outputs) {
        throw new ModelShapeError(`the ${kind} gave [${result?.dims.join() ?? ''}] for ${n} rows`);
      }
      return result.data;
    },
    release: () => session.release(),
  };
}

function openSession(
  model: string | Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  return typeof model === 'string'
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options);
}

/** The input and output of an MLP of that kind, or undefined when the model has another shape. */
export function findMlpValues(
  session: InferenceSession,
  kind: MlpKind,
): { readonly inputName: string; readonly outputName: string } | undefined {
  const { inputs, outputs } = mlpShapes[kind];
  const [input, ...moreInputs] = session.inputMetadata;
  const output = session.outputMetadata.find(
    (value) =>
      value.isTensor &&
      (value.shape.at(-1) === outputs || (outputs === 1 && value.shape.length === 1)),
  );
  const fits =
    input?.isTensor === true &&
    moreInputs.length === 0 &&
    input.type === 'float32' &&
    input.shape.length === 2 &&
    input.shape[1] === inputs;
  if (!fits || output === undefined) return undefined;
  return { inputName: input.name, outputName: output.name };
}
