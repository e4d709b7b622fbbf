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

/** Feature recipes by the names that the user gives them. */
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
  /** Folder for digests and prepared models. It is made if it is missing. */
  readonly cacheDir: string;
  /**
   * Activation of an image encoder's checkpoint, where neither its sidecar nor its digest gives it.
   */
  readonly activation?: Activation | undefined;
  /** Activations of known image encoders by SHA-256. A sidecar takes precedence. */
  readonly findActivation?: (sha256: string) => Activation | undefined;
  /** Time limit for the trial of a model, which each model must pass once. */
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
  /** Warnings for the user: an assumption about a file. */
  readonly notes: readonly string[];
  readonly requireUnchanged: RequireUnchanged;
}

/**
 * To be called after loading a model. Costs one `stat` for each file.
 * @throws {ConfigurationError} when a file has been replaced since its recipe was computed
 */
export type RequireUnchanged = () => Promise<void>;

/**
 * Computes the digests of the three models of a run, prepares them and tries them. A second call
 * with the same files costs three `stat`s and reads none of them.
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
  // One after the other: digests are stored in one file, and a conversion needs much memory.
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
  /** Warnings for the user: an assumption about the file. */
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

/** A model that is loaded must be the file that the recipe of its results names. */
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

/** The recipe of the vectors that a prepared image encoder computes. */
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

/** A ranker or crop proposer, and how its inputs are computed. */
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

/** Whether an error of the file system concerns another path, for example the cache folder. */
function namesAnother(cause: unknown, path: string): boolean {
  const named = (cause as NodeJS.ErrnoException).path;
  return named !== undefined && resolve(named) !== resolve(path);
}
