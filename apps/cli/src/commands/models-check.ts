import { ConfigurationError, describeEncoding } from '@cullstream/contracts';
import { chooseModels, requireDevice, type TriedModel } from '@cullstream/inference';
import { exitCodes } from '@cullstream/runtime';
import { describeAgreement } from '../output/describe-agreement.js';
import { measureAgreement, tryModels, type ModelTrial } from '@cullstream/models';
import { formatTable } from '../output/format-table.js';
import type { ModelsCheckSettings } from '../settings/models-settings.js';
import type { CommandContext } from './command-context.js';

/** Loads every model and runs it once; with `--agreement`, says what other precisions change. */
export async function modelsCheck(
  settings: ModelsCheckSettings,
  context: CommandContext,
): Promise<number> {
  await requireDevice(settings.device);
  return settings.agreement ? checkAgreement(settings, context) : checkFiles(settings, context);
}

async function checkFiles(
  settings: ModelsCheckSettings,
  { terminal }: CommandContext,
): Promise<number> {
  const { data, cache, json } = settings;
  const trials = await tryModels(settings);
  const models = await chooseModels({ ...settings, dataDir: data, cacheDir: cache }).catch(
    (error: unknown) => {
      if (error instanceof ConfigurationError) return error.problems;
      throw error;
    },
  );
  const run = 'predictionRecipe' in models ? models : undefined;
  const problems = 'predictionRecipe' in models ? [] : models;
  const recipe = run?.predictionRecipe ?? null;
  const ofFiles = trials.flatMap(({ tried }) => tried?.notes ?? []);
  const notes = [...new Set([...ofFiles, ...(run?.notes ?? [])])];
  terminal.print(
    json
      ? JSON.stringify({ models: trials.map(toDocument), recipe, notes, problems }, null, 2)
      : [
          describeTrials(trials),
          ...trials.flatMap(({ problem }) => (problem === undefined ? [] : [`error: ${problem}`])),
          ...notes,
          ...(recipe === null
            ? problems.map((problem) => `a run would not start: ${problem}`)
            : [
                `a run would use ${recipe.embedding.model.file}, ${recipe.ranker.file}, ` +
                  `${recipe.crop.file}: embedding ${recipe.embedding.id}, prediction ${recipe.id}`,
              ]),
        ].join('\n'),
  );
  const isSound = trials.every(({ problem }) => problem === undefined);
  return isSound ? exitCodes.ok : exitCodes.failed;
}

function toDocument({ path, tried, problem }: ModelTrial) {
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

function describeTrials(trials: readonly ModelTrial[]): string {
  return formatTable(
    ['file', 'kind', 'shape', 'SHA-256', 'recipe', 'state'],
    trials.map(({ path, tried, problem }) => [
      path,
      tried?.kind ?? '?',
      tried?.shape ?? '?',
      tried?.model.sha256.slice(0, 12) ?? '',
      tried === undefined ? '' : describeRecipe(tried),
      problem === undefined ? 'loads and gives numbers' : 'cannot be used',
    ]),
    { spare: ['SHA-256', 'recipe'] },
  );
}

function describeRecipe({ recipe, features, kind }: TriedModel): string {
  if (recipe !== undefined) return `${recipe.id}: ${describeEncoding(recipe)}`;
  if (features === undefined) return '';
  return kind === 'ranker'
    ? features.embedding
    : `${features.embedding}, size / ${features.dimensionScale}`;
}

async function checkAgreement(
  settings: ModelsCheckSettings,
  { terminal }: CommandContext,
): Promise<number> {
  const { originals, data, cache, json } = settings;
  if (originals === undefined) {
    throw new ConfigurationError(['--originals: say where images of yours are to measure with']);
  }
  const report = await measureAgreement(
    { ...settings, originalsDir: originals, dataDir: data, cacheDir: cache },
    (what) => terminal.note(`embedding with ${what}`),
  );
  terminal.print(json ? JSON.stringify(report, null, 2) : describeAgreement(report));
  return exitCodes.ok;
}
