import { extname } from 'node:path';
import {
  ConfigurationError,
  preprocessingNames,
  preprocessings,
  type Activation,
  type EmbeddingRecipe,
  type Features,
  type ModelFile,
  type PredictionRecipe,
} from '@cullstream/contracts';
import { digestOfWeights, featureRecipesByName, findWeights } from '@cullstream/inference';
import type { Given, RecalledUseOptions, UseOptions, WeightOptions } from '../options.js';

const parts = ['embedder', 'ranker', 'crop'] as const;
type Part = (typeof parts)[number];
const partNames = { embedder: 'image encoder', ranker: 'ranker', crop: 'crop proposer' } as const;

/** Settings of a command that may leave its models to an earlier run. */
export interface NamedModels extends WeightOptions, RecalledUseOptions {
  readonly data: string;
  readonly cache: string;
  readonly activation?: Activation | undefined;
}

/** What an earlier run was made with. */
export interface RecalledRun {
  readonly run: string;
  readonly recipe: PredictionRecipe;
}

/** Settings with models of which only the precision may be open still. */
export type WithModels<S> = Omit<S, keyof UseOptions> & Given<UseOptions>;

export interface RecalledModels<S> {
  readonly settings: WithModels<S>;
  /** Says what was taken from where. */
  readonly notes: readonly string[];
}

/** Settings whose models are not taken from anywhere. */
export function withDefaultModels<S extends NamedModels>(settings: S): WithModels<S> {
  const { features = 'as-trained', preprocess = 'exact', precision = 'fp32' } = settings;
  return { ...settings, features, preprocess, precision };
}

/**
 * Completes settings by the models of an earlier run, and by how it used them, where they are not named.
 * @throws {ConfigurationError} naming every file that is not found, by its digest
 */
export async function recallModels<S extends NamedModels>(
  settings: S,
  { run, recipe }: RecalledRun,
): Promise<RecalledModels<S>> {
  const place = { dataDir: settings.data, cacheDir: settings.cache };
  const wanted = parts.filter((part) => settings[part] === undefined);
  const files: Partial<Record<Part, string>> = {};
  const problems: string[] = [];
  for (const part of wanted) {
    const model = toModelFile(recipe, part);
    const path = await findWeights(model, place);
    if (path === undefined) problems.push(describeMissing(part, model, run, settings.data));
    else files[part] = path;
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  const encoder = files.embedder ?? settings.embedder ?? '';
  const isSameEncoder =
    files.embedder !== undefined ||
    (await digestOfWeights(encoder, place)) === recipe.embedding.model.sha256;
  const used = {
    ...readFeatures(recipe, wanted),
    ...(isSameEncoder ? toEncoding(recipe.embedding, encoder) : {}),
  };
  // Stored vectors have a precision, whatever would be taken for new ones.
  const named = Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => value !== undefined && !(name === 'precision' && value === 'auto'),
    ),
  );
  return {
    settings: withDefaultModels({ ...settings, ...used, ...files, ...named }),
    notes: [
      ...(wanted.length === 0 ? [] : [describeTaken(wanted, recipe, run)]),
      ...(settings.precision === 'auto' && isSameEncoder
        ? [`precision ${recipe.embedding.precision}: as in run ${run}, whose embeddings are used`]
        : []),
    ],
  };
}

function toModelFile(recipe: PredictionRecipe, part: Part): ModelFile {
  return part === 'embedder' ? recipe.embedding.model : recipe[part];
}

function toEncoding({ preprocessing, precision, activation }: EmbeddingRecipe, encoder: string) {
  const preprocess = preprocessings.find((name) => preprocessingNames[name] === preprocessing);
  const isCheckpoint = extname(encoder).toLowerCase() !== '.onnx';
  return {
    precision,
    ...(preprocess === undefined ? {} : { preprocess }),
    ...(isCheckpoint ? { activation: activation ?? ('quick-gelu' as const) } : {}),
  };
}

/** By the name of those of a model that is taken; what its sidecar says needs no name. */
function readFeatures(recipe: PredictionRecipe, taken: readonly Part[]) {
  const names = (['ranker', 'crop'] as const)
    .filter((part) => taken.includes(part))
    .map((part) => toFeatureRecipe(recipe[part].features));
  const features = names.find((name) => name !== undefined);
  return features === undefined ? {} : { features };
}

function toFeatureRecipe({
  embedding,
  dimensionScale,
}: Features): UseOptions['features'] | undefined {
  const names = Object.keys(featureRecipesByName) as UseOptions['features'][];
  return names.find((name) => {
    const known = featureRecipesByName[name];
    return known.embedding === embedding && known.dimensionScale === dimensionScale;
  });
}

function describeTaken(taken: readonly Part[], recipe: PredictionRecipe, run: string): string {
  const told = taken.map((part) => `${partNames[part]} ${toModelFile(recipe, part).file}`);
  return `${told.join(', ')}: as in run ${run}, because nothing else is named`;
}

function describeMissing(part: Part, { file, sha256 }: ModelFile, run: string, data: string) {
  return (
    `run ${run} was made with the ${partNames[part]} ${file} (SHA-256 ${sha256.slice(0, 12)}), which is ` +
    `neither in ${data}/ai_data/models nor where it was before: name it with ‹${part}›, ` +
    'or bring it back with `cullstream models import`'
  );
}
