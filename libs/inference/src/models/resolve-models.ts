import { resolve } from 'node:path';
import {
  ConfigurationError,
  type Activation,
  type EmbeddingRecipe,
  type Features,
  type PredictionModel,
  type PredictionRecipe,
} from '@cullstream/contracts';
import { errorMessage, isErrno } from '@cullstream/files';
import { DEFAULT_ACTIVATION } from '../onnx/clip-activation.js';
import { tryOnce } from '../trial/try-once.js';
import { DigestCache, sha256OfModel } from './digest-cache.js';
import {
  prepareSource,
  type IdentifiedModel,
  type ModelSource,
  type PreparedModel,
} from './prepare-source.js';
import { toEmbeddingRecipe, toPredictionRecipe } from './recipes.js';

/** Feature recipes by their names on the command line. */
export const featureRecipesByName = {
  'as-trained': { embedding: 'raw', dimensionScale: 2048 },
  'legacy-batch': { embedding: 'l2', dimensionScale: 10_000 },
} as const satisfies Record<string, Features>;
export type FeatureRecipeName = keyof typeof featureRecipesByName;

export interface ResolveModelsOptions {
  /** Files: `.onnx`, `.pt`, `.bin` or `.safetensors`. */
  readonly embedder: string;
  readonly ranker: string;
  readonly crop: string;
  readonly features: FeatureRecipeName;
  readonly precision: EmbeddingRecipe['precision'];
  /** Name and version of the preprocessing, for instance `exact-1`. */
  readonly preprocessing: string;
  /** Where digests and prepared models are kept; made when missing. */
  readonly cacheDir: string;
  /** Of the image encoder's checkpoint, where neither sidecar nor digest tells. */
  readonly activation?: Activation | undefined;
  /** Activation of known image encoders by SHA-256; a sidecar comes first. */
  readonly findActivation?: (sha256: string) => Activation | undefined;
  /** How long a model may take for its trial, which it must pass once. */
  readonly trialLimitMs?: number;
}

export interface ResolvedModels {
  readonly embeddingRecipe: EmbeddingRecipe;
  readonly predictionRecipe: PredictionRecipe;
  /** ONNX files ready to run. */
  readonly paths: {
    readonly embedderOnnx: string;
    readonly rankerOnnx: string;
    readonly cropOnnx: string;
  };
  /** What to say aloud: an assumption about a file. */
  readonly notes: readonly string[];
  readonly requireUnchanged: RequireUnchanged;
}

/**
 * For who has loaded a model since: costs a `stat` a file.
 * @throws {ConfigurationError} when a file is not the one any more that its recipe names
 */
export type RequireUnchanged = () => Promise<void>;

/**
 * Digests, prepares and tries the three models of a run. A second call with the same files costs
 * three `stat`s and reads none of them.
 * @throws {ConfigurationError} with the problems of all three files together.
 */
export async function resolveModels(options: ResolveModelsOptions): Promise<ResolvedModels> {
  const problems: string[] = [];
  const prepare = async (file: ModelSource): Promise<PreparedModel | undefined> => {
    try {
      return await prepareSource(file, options);
    } catch (cause) {
      problems.push(describe(file, cause));
      return undefined;
    }
  };
  // One after the other: digests are remembered in one file, and a conversion takes memory.
  const embedder = await prepare({ kind: 'image-encoder', path: options.embedder });
  const ranker = await prepare({ kind: 'ranker', path: options.ranker });
  const crop = await prepare({ kind: 'crop-proposer', path: options.crop });
  const prepared = [embedder, ranker, crop].filter((each) => each !== undefined);
  const failed = await tryOnce(
    prepared.map(({ ready }) => ready),
    { limitMs: options.trialLimitMs },
  );
  for (const [file, problem] of failed) problems.push(`${describeKind(file)}: ${problem}`);
  if (problems.length > 0 || embedder === undefined || ranker === undefined || crop === undefined) {
    throw new ConfigurationError(problems);
  }
  const requireUnchanged = watch(prepared, options);
  await requireUnchanged();
  const embeddingRecipe = toRecipe(embedder, options);
  return {
    requireUnchanged,
    embeddingRecipe,
    predictionRecipe: toPredictionRecipe(
      embeddingRecipe,
      toPredictionModel(ranker, options.features),
      toPredictionModel(crop, options.features),
    ),
    paths: {
      embedderOnnx: embedder.ready.onnx,
      rankerOnnx: ranker.ready.onnx,
      cropOnnx: crop.ready.onnx,
    },
    notes: embedder.notes,
  };
}

export interface ResolvedEmbedder {
  readonly recipe: EmbeddingRecipe;
  /** ONNX file ready to run. */
  readonly modelPath: string;
  /** What to say aloud: an assumption about the file. */
  readonly notes: readonly string[];
  readonly requireUnchanged: RequireUnchanged;
}

/**
 * The same for the image encoder alone.
 * @throws {ConfigurationError} when it cannot be used.
 */
export async function resolveEmbedder(
  options: Omit<ResolveModelsOptions, 'ranker' | 'crop' | 'features'>,
): Promise<ResolvedEmbedder> {
  const file: ModelSource = { kind: 'image-encoder', path: options.embedder };
  const prepared = await prepareSource(file, options).catch((cause: unknown) => {
    throw new ConfigurationError([describe(file, cause)], { cause });
  });
  const { ready, notes } = prepared;
  const failed = await tryOnce([ready], { limitMs: options.trialLimitMs });
  for (const problem of failed.values()) {
    throw new ConfigurationError([`${describeKind(file)}: ${problem}`]);
  }
  const requireUnchanged = watch([prepared], options);
  await requireUnchanged();
  return { recipe: toRecipe(prepared, options), modelPath: ready.onnx, notes, requireUnchanged };
}

/** A model that is loaded, or loaded again, must be the one that its results are named by. */
function watch(
  models: readonly PreparedModel[],
  { cacheDir }: Pick<ResolveModelsOptions, 'cacheDir'>,
): RequireUnchanged {
  const digests = new DigestCache(cacheDir);
  return async () => {
    for (const { ready, model } of models) {
      if ((await sha256OfModel(ready.path, digests)) === model.sha256) continue;
      throw new ConfigurationError([
        `${describeKind(ready)}: ${ready.path} was replaced by another file while it was used; nothing of that ` +
          'one was kept: put the former back, or give the command again to begin with the new one',
      ]);
    }
  };
}

/** The recipe of what a prepared image encoder gives. */
export function toRecipe(
  { model, activation }: PreparedModel,
  { preprocessing, precision }: Pick<ResolveModelsOptions, 'preprocessing' | 'precision'>,
): EmbeddingRecipe {
  return toEmbeddingRecipe({
    model,
    preprocessing,
    precision,
    activation: activation === DEFAULT_ACTIVATION ? undefined : activation,
  });
}

/** A ranker or crop proposer with how its inputs are made. */
export function toPredictionModel(
  { model, sidecar }: Pick<IdentifiedModel, 'model' | 'sidecar'>,
  name: FeatureRecipeName,
): PredictionModel {
  const base = featureRecipesByName[name];
  return {
    ...model,
    features: {
      embedding: sidecar.embedding ?? base.embedding,
      dimensionScale: sidecar.dimensionScale ?? base.dimensionScale,
    },
  };
}

const settings = {
  'image-encoder': 'embedder',
  ranker: 'ranker',
  'crop-proposer': 'crop',
} as const;

function describeKind({ kind }: Pick<ModelSource, 'kind'>): string {
  return `‹${settings[kind]}›: ${kind.replace('-', ' ')}`;
}

function describe({ kind, path }: ModelSource, cause: unknown): string {
  if (isErrno(cause, 'ENOENT') && !namesAnother(cause, path))
    return `‹${settings[kind]}›: there is no file ${path}`;
  return `${describeKind({ kind })}: ${errorMessage(cause)}`;
}

/** Whether an error of the file system is of another path, as that of the cache. */
function namesAnother(cause: unknown, path: string): boolean {
  const named = (cause as NodeJS.ErrnoException).path;
  return named !== undefined && resolve(named) !== resolve(path);
}
