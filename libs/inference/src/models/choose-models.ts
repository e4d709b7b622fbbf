import { join } from 'node:path';
import {
  ConfigurationError,
  preprocessingNames,
  type Preprocessing,
  type Activation,
  type EmbeddingRecipe,
  type PredictionModel,
} from '@cullstream/contracts';
import { isErrno } from '@cullstream/files';
import { DigestCache, sha256OfModel } from './digest-cache.js';
import { findModels, type FoundModel } from './find-models.js';
import { loadKnownActivations } from './known-models.js';
import { BUILDER_VERSION, prepareModel, type ModelKind } from './prepare-model.js';
import { identifySource, type IdentifiedModel } from './prepare-source.js';
import {
  resolveEmbedder,
  resolveModels,
  toPredictionModel,
  type FeatureRecipeName,
  type ResolvedEmbedder,
  type ResolvedModels,
} from './resolve-models.js';

/** The models that the user names. The others are looked for in `ai_data/models`. */
export interface EmbedderChoice {
  readonly dataDir: string;
  /** Folder for digests and converted models, which can be computed again. */
  readonly cacheDir: string;
  readonly embedder?: string | undefined;
  readonly precision: EmbeddingRecipe['precision'];
  /** The activation of a checkpoint whose digest is not known. */
  readonly activation?: Activation | undefined;
  readonly preprocess: Preprocessing;
  /** Folder of the descriptors of known models; default: that of the project. */
  readonly registry?: string | undefined;
}

export interface ModelChoice extends EmbedderChoice {
  readonly ranker?: string | undefined;
  readonly crop?: string | undefined;
  readonly features: FeatureRecipeName;
}

export interface ChosenModels extends ResolvedModels {
  /** The chosen files. */
  readonly files: Readonly<Record<'embedder' | 'ranker' | 'crop', string>>;
  /** Warnings for the user: a fallback that was used, or an activation that is assumed. */
  readonly notes: readonly string[];
}

/** Folder of the user's weights, relative to the data folder. */
const modelsFolder = ['ai_data', 'models'] as const;

/** The folder with the weights of a data folder. */
export function toModelsFolder(dataDir: string): string {
  return join(dataDir, ...modelsFolder);
}

/**
 * The three models of a run, ready to use.
 * @throws {ConfigurationError} with every model that is missing or unusable
 */
export async function chooseModels(choice: ModelChoice): Promise<ChosenModels> {
  const { dataDir } = choice;
  const found = await findModels({ modelsDir: toModelsFolder(dataDir) });
  const kinds = ['embedder', 'ranker', 'crop'] as const;
  const missing = kinds.filter((kind) => choice[kind] === undefined && found[kind] === undefined);
  if (missing.length > 0) throw new ConfigurationError(found.problems.filter(concerns(missing)));
  const chooseFile = (kind: (typeof kinds)[number]) => choice[kind] ?? found[kind]?.path ?? '';
  const files = {
    embedder: chooseFile('embedder'),
    ranker: chooseFile('ranker'),
    crop: chooseFile('crop'),
  };
  const models = await resolveModels({ ...choice, ...files, ...(await prepared(choice)) });
  const notes = kinds.flatMap((kind) => toNotes(kind, choice[kind], found[kind]));
  return { ...models, files, notes: [...notes, ...models.notes] };
}

/**
 * The image encoder alone, for an embedder that runs without the other models.
 * @throws {ConfigurationError} when it is missing or unusable
 */
export async function chooseEmbedder(choice: EmbedderChoice): Promise<ResolvedEmbedder> {
  const found = await findModels({ modelsDir: toModelsFolder(choice.dataDir) });
  const embedder = choice.embedder ?? found.embedder?.path;
  if (embedder === undefined) {
    throw new ConfigurationError(found.problems.filter(concerns(['embedder'])));
  }
  return resolveEmbedder({ ...choice, embedder, ...(await prepared(choice)) });
}

/** The models of a run as they are stored, before any conversion. */
export interface IdentifiedModels {
  readonly embedder: IdentifiedModel;
  readonly ranker: PredictionModel;
  readonly crop: PredictionModel;
  /** Name and version of the preprocessing. */
  readonly preprocessing: string;
}

/**
 * The models that a run would use, without preparing them. Undefined where one is missing.
 * @throws when one is damaged
 */
export async function identifyModels(
  choice: Omit<ModelChoice, 'precision'>,
): Promise<IdentifiedModels | undefined> {
  const found = await findModels({ modelsDir: toModelsFolder(choice.dataDir) });
  const options = await prepared(choice);
  const identify = (kind: ModelKind, path: string | undefined) =>
    path === undefined
      ? undefined
      : identifySource({ kind, path }, { activation: choice.activation, ...options }).catch(
          (error: unknown) => {
            if (isErrno(error, 'ENOENT')) return undefined;
            throw error;
          },
        );
  // One after the other, because the digests are stored in one file.
  const embedder = await identify('image-encoder', choice.embedder ?? found.embedder?.path);
  const ranker = await identify('ranker', choice.ranker ?? found.ranker?.path);
  const crop = await identify('crop-proposer', choice.crop ?? found.crop?.path);
  if (embedder === undefined || ranker === undefined || crop === undefined) return undefined;
  return {
    embedder,
    ranker: toPredictionModel(ranker, choice.features),
    crop: toPredictionModel(crop, choice.features),
    preprocessing: options.preprocessing,
  };
}

/** The ONNX graph that an image encoder is computed with. */
export interface GraphIdentity {
  /** Version of the code that builds the graph. */
  readonly builder: number;
  /** SHA-256 of the ONNX file, including its external weights. */
  readonly sha256: string;
}

/**
 * The graph of an image encoder in a precision. It is built if it does not exist yet.
 * @throws {ModelShapeError} when the file cannot be used in the precision
 */
export async function identifyGraph(
  { kind, path, model: { sha256 }, activation }: IdentifiedModel,
  { precision, cacheDir: folder }: Pick<EmbedderChoice, 'precision' | 'cacheDir'>,
): Promise<GraphIdentity> {
  const cacheDir = join(folder, 'models');
  const graph = await prepareModel({ kind, path, sha256, cacheDir, precision, activation });
  const digest = await sha256OfModel(graph, new DigestCache(cacheDir));
  return { builder: BUILDER_VERSION, sha256: digest };
}

async function prepared({
  cacheDir,
  preprocess,
  registry,
}: Pick<EmbedderChoice, 'cacheDir' | 'preprocess' | 'registry'>) {
  return {
    findActivation: await loadKnownActivations(registry),
    cacheDir: join(cacheDir, 'models'),
    preprocessing: preprocessingNames[preprocess],
  };
}

function concerns(kinds: readonly string[]): (problem: string) => boolean {
  return (problem) => kinds.some((kind) => problem.includes(`‹${kind}›`));
}

function toNotes(kind: string, said: string | undefined, found: FoundModel | undefined): string[] {
  return said === undefined && found?.fallback === true ? [`${kind}: ${found.reason}`] : [];
}
