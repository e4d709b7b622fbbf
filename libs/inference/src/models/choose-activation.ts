import { extname } from 'node:path';
import { ConfigurationError, type Activation } from '@cullstream/contracts';
import { DEFAULT_ACTIVATION } from '../onnx/clip-activation.js';

/** The places that may state the activation of an image encoder. */
export interface ActivationSources {
  readonly path: string;
  readonly sha256: string;
  /** What the user asks for. */
  readonly asked?: Activation | undefined;
  /** What the sidecar beside the file states. */
  readonly sidecar?: Activation | undefined;
  /** What the registry states for the file's digest. */
  readonly known?: Activation | undefined;
}

export interface ChosenActivation {
  /**
   * Undefined where no source states it: then a checkpoint's default, or what an ONNX file
   * contains.
   */
  readonly activation: Activation | undefined;
  /** Warnings for the user: the activation is assumed, why, and what to do if that is wrong. */
  readonly notes: readonly string[];
}

/**
 * The activation of an image encoder: from its sidecar, else from the registry by its digest, else
 * from the user, else the default. With a wrong activation the vectors look valid but rank badly,
 * so an assumption is always reported.
 * @throws {ConfigurationError} when the user asks for another one than the file is known to have
 */
export function chooseActivation(sources: ActivationSources): ChosenActivation {
  const { path, asked, sidecar, known } = sources;
  const isOnnx = extname(path).toLowerCase() === '.onnx';
  if (isOnnx && asked !== undefined) {
    throw new ConfigurationError([
      `${path}: an .onnx file has its activation built in; leave ‹activation› out, ` +
        'or name the checkpoint (.pt, .bin, .safetensors)',
    ]);
  }
  const given = sidecar ?? known;
  if (asked !== undefined && given !== undefined && asked !== given) {
    throw new ConfigurationError([
      sidecar === undefined
        ? `${path}: ‹activation=${asked}›, but by their digest these are known weights, ` +
          `trained with ${given}; leave ‹activation› out`
        : `${path}: ‹activation=${asked}›, but ${path}.json says ${given}; ` +
          'leave ‹activation› out, or correct that file',
    ]);
  }
  const activation = given ?? asked;
  const isAssumed = !isOnnx && activation === undefined;
  return { activation, notes: isAssumed ? [describeAssumption(sources)] : [] };
}

function describeAssumption({ path, sha256 }: ActivationSources): string {
  return (
    `embedder: the activation ${DEFAULT_ACTIVATION} is assumed for ${path}, as OpenAI's weights have it: ` +
    `its digest (SHA-256 ${sha256.slice(0, 12)}) is not known, and parameters do not show it; ` +
    'weights trained with gelu, as most of OpenCLIP are, need ‹activation=gelu› ' +
    `(‹activation=${DEFAULT_ACTIVATION}› confirms)`
  );
}
