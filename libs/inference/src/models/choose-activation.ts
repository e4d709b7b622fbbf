import { extname } from 'node:path';
import { ConfigurationError, type Activation } from '@cullstream/contracts';
import { DEFAULT_ACTIVATION } from '../onnx/clip-activation.js';

/** What is said of an image encoder's activation, and by whom. */
export interface ActivationSources {
  readonly path: string;
  readonly sha256: string;
  /** By the user. */
  readonly asked?: Activation | undefined;
  /** By the sidecar beside the file. */
  readonly sidecar?: Activation | undefined;
  /** By the registry, which knows the digest. */
  readonly known?: Activation | undefined;
}

export interface ChosenActivation {
  /** Undefined where nothing is said: the default of a checkpoint, or what an ONNX file holds. */
  readonly activation: Activation | undefined;
  /** What to say aloud: that it is assumed, why, and what to do where that is wrong. */
  readonly notes: readonly string[];
}

/**
 * The activation of an image encoder: what its sidecar says, else what its digest is known by, else
 * what the user says, else the default. Vectors by a wrong one look sound and rank badly, so nothing is
 * settled in silence.
 * @throws {ConfigurationError} when the user says another one than the file is known to have
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
