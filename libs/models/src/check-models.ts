import { ConfigurationError, type PredictionRecipe } from '@cullstream/contracts';
import { chooseModels } from '@cullstream/inference';
import { tryModels, type ModelTrial, type TrialOptions } from './try-models.js';

/** The result of loading every model and running it once. */
export interface ModelCheck {
  readonly trials: readonly ModelTrial[];
  /** The recipe that a run would use; null if it would not start. */
  readonly recipe: PredictionRecipe | null;
  /** Fallbacks that were used for a model. */
  readonly notes: readonly string[];
  /** Why a run would not start. */
  readonly problems: readonly string[];
}

/**
 * Loads and runs every model, and finds the ones that a run would use.
 * @throws {ConfigurationError} when the settings contradict a model that was named
 */
export async function checkModels(options: CheckOptions): Promise<ModelCheck> {
  const trials = await tryModels(options);
  const ofFiles = trials.flatMap(({ tried }) => tried?.notes ?? []);
  try {
    const { data: dataDir, cache: cacheDir } = options;
    const models = await chooseModels({ ...options, dataDir, cacheDir });
    const notes = [...new Set([...ofFiles, ...models.notes])];
    return { trials, recipe: models.predictionRecipe, notes, problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { trials, recipe: null, notes: [...new Set(ofFiles)], problems: error.problems };
  }
}

type CheckOptions = TrialOptions & Omit<Parameters<typeof chooseModels>[0], 'dataDir' | 'cacheDir'>;

/** Converts the result to a document that has every key. */
export function toModelCheckDocument({ trials, ...check }: ModelCheck) {
  return { models: trials.map(toTrialDocument), ...check };
}

function toTrialDocument({ path, tried, problem }: ModelTrial) {
  return {
    path,
    usable: problem === undefined,
    problem: problem ?? null,
    kind: tried?.kind ?? null,
    format: tried?.format ?? null,
    shape: tried?.shape ?? null,
    sha256: tried?.model.sha256 ?? null,
    recipe: tried?.recipe ?? null,
    features: tried?.features ?? null,
  };
}
