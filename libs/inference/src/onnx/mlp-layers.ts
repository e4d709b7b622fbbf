import type { TensorInfo } from '../checkpoint/tensor.js';

/** One linear layer: weight [outputs, inputs], bias [outputs]. */
export interface MlpLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: TensorInfo;
  readonly bias: TensorInfo | undefined;
}

/** The parameters of a checkpoint do not match the kind of model that is asked for. */
export class ModelShapeError extends Error {
  override readonly name = 'ModelShapeError';
}

const LAYER = /^(?:(.*)\.)?(\d+)\.(weight|bias)$/;
/** Counters that training leaves behind and inference ignores. */
const HARMLESS = /(?:^|\.)num_batches_tracked$/;

/**
 * The linear layers of an `nn.Sequential`, from parameters `<any>.N.weight|bias` in numeric order;
 * activations and dropout have numbers but no parameters.
 * @throws {ModelShapeError} when there are other parameters, or widths do not meet.
 */
export function readMlpLayers(tensors: ReadonlyMap<string, TensorInfo>): MlpLayer[] {
  const weights = new Map<number, TensorInfo>();
  const biases = new Map<number, TensorInfo>();
  const prefixes = new Set<string>();
  for (const [name, tensor] of tensors) {
    if (HARMLESS.test(name)) continue;
    const match = LAYER.exec(name);
    if (match === null)
      throw unexpected(tensors, `"${name}" is not of the form <name>.N.weight|bias`);
    prefixes.add(match[1] ?? '');
    (match[3] === 'weight' ? weights : biases).set(Number(match[2]), tensor);
  }
  if (prefixes.size !== 1) {
    throw unexpected(tensors, `layers of ${prefixes.size} networks (${[...prefixes].join(', ')})`);
  }
  const layers = [...weights]
    .sort(([a], [b]) => a - b)
    .map(([n, weight]) => toLayer(n, weight, biases));
  const stray = [...biases.keys()].find((number) => !weights.has(number));
  if (stray !== undefined) throw unexpected(tensors, `layer ${stray} has a bias but no weight`);
  checkWidths(layers);
  return layers;
}

/** Widths from input to output, for messages: `512→256→64→1`. */
export function describeLayers(layers: readonly MlpLayer[]): string {
  return [layers[0]?.inputs ?? 0, ...layers.map((layer) => layer.outputs)].join('→');
}

function toLayer(
  number: number,
  weight: TensorInfo,
  biases: ReadonlyMap<number, TensorInfo>,
): MlpLayer {
  const [outputs, inputs] = weight.shape;
  if (weight.shape.length !== 2 || outputs === undefined || inputs === undefined) {
    throw new ModelShapeError(
      `layer ${number} is not linear: its weight has shape [${weight.shape.join()}]`,
    );
  }
  const bias = biases.get(number);
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== outputs)) {
    throw new ModelShapeError(
      `layer ${number}: bias of shape [${bias.shape.join()}] beside a weight of [${weight.shape.join()}]`,
    );
  }
  return { inputs, outputs, weight, bias };
}

function checkWidths(layers: readonly MlpLayer[]): void {
  for (const [index, layer] of layers.entries()) {
    const before = layers[index - 1];
    if (before !== undefined && before.outputs !== layer.inputs) {
      throw new ModelShapeError(
        `layers do not meet: ${before.outputs} outputs, then ${layer.inputs} inputs (${describeLayers(layers)})`,
      );
    }
  }
}

function unexpected(tensors: ReadonlyMap<string, TensorInfo>, problem: string): ModelShapeError {
  const names = [...tensors.keys()].slice(0, 6).join(', ');
  return new ModelShapeError(
    `not a plain stack of linear layers: ${problem}. It holds ${names}, …`,
  );
}
