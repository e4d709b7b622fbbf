import { join } from 'node:path';
import {
  ConfigurationError,
  preprocessingNames,
  type Preprocessing,
  type Activation,
  type EmbeddingRecipe,
} from '@cullstream/contracts';
import { findModels, type FoundModel } from './find-models.js';
import { loadKnownActivations } from './known-models.js';
import {
  resolveEmbedder,
  resolveModels,
  type FeatureRecipeName,
  type ResolvedEmbedder,
  type ResolvedModels,
} from './resolve-models.js';

/** What the user says of the models; what is not said is looked for in `ai_data/models`. */
export interface EmbedderChoice {
  readonly dataDir: string;
  /** Folder for digests and converted models, which can always be made anew. */
  readonly cacheDir: string;
  readonly embedder?: string | undefined;
  readonly precision: EmbeddingRecipe['precision'];
  /** Of a checkpoint whose digest is not known. */
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
  /** The files as they were chosen. */
  readonly files: Readonly<Record<'embedder' | 'ranker' | 'crop', string>>;
  /** What to say aloud: a fallback that was taken, an activation that is assumed. */
  readonly notes: readonly string[];
}

/** Folder of the user's weights below the data folder. */
const modelsFolder = ['ai_data', 'models'] as const;

/** Where the weights of a data folder are. */
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
 * The image encoder alone, for an embedder that works by itself.
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

async function prepared({ cacheDir, preprocess, registry }: EmbedderChoice) {
  return {
    activationOf: await loadKnownActivations(registry),
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
