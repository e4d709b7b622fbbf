import {
  ConfigurationError,
  describeEncoding,
  describeFeatures,
  type Device,
  type Precision,
} from '@cullstream/contracts';
import { requireDevice, type TriedModel } from '@cullstream/inference';
import { exitCodes } from '@cullstream/runtime';
import { describeAgreement } from '../output/describe-agreement.js';
import {
  checkModels,
  measureAgreement,
  resolvePrecision,
  toModelCheckDocument,
  type ModelCheck,
  type ModelTrial,
} from '@cullstream/models';
import { formatTable } from '../output/format-table.js';
import type { ModelsCheckSettings } from '../settings/models-settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Loads every model and runs it once. `--agreement` also compares the other precisions with fp32.
 */
export async function modelsCheck(
  settings: ModelsCheckSettings,
  context: CommandContext,
): Promise<number> {
  await requireDevice(settings.device);
  // The comparison gives the same answer on any device, so the fastest one is not looked for.
  const device = settings.device === 'auto' ? 'cpu' : settings.device;
  if (settings.agreement) return checkAgreement({ ...settings, device }, context);
  const { precision, why } = await resolvePrecision({
    ...settings,
    dataDir: settings.data,
    cacheDir: settings.cache,
  });
  if (why !== undefined) context.terminal.note(`precision ${why}`);
  return checkFiles({ ...settings, device, precision }, context);
}

type SettingsOnDevice = ModelsCheckSettings & { readonly device: Device };
type SettledSettings = SettingsOnDevice & { readonly precision: Precision };

async function checkFiles(
  settings: SettledSettings,
  { terminal }: CommandContext,
): Promise<number> {
  const check = await checkModels(settings);
  terminal.print(
    settings.json ? JSON.stringify(toModelCheckDocument(check), null, 2) : describeCheck(check),
  );
  const isSound = check.trials.every(({ problem }) => problem === undefined);
  if (!isSound) return exitCodes.failed;
  // A run with the same settings ends so, too.
  return check.recipe === null ? exitCodes.usage : exitCodes.ok;
}

function describeCheck({ trials, recipe, notes, problems }: ModelCheck): string {
  return [
    describeTrials(trials),
    ...trials.flatMap(({ problem }) => (problem === undefined ? [] : [`error: ${problem}`])),
    ...notes,
    ...(recipe === null
      ? problems.map((problem) => `a run would not start: ${problem}`)
      : [
          `a run would use ${recipe.embedding.model.file}, ${recipe.ranker.file}, ` +
            `${recipe.crop.file}: embedding ${recipe.embedding.id}, prediction ${recipe.id}`,
        ]),
  ].join('\n');
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
  return kind === 'ranker' ? features.embedding : describeFeatures(features);
}

async function checkAgreement(
  settings: SettingsOnDevice,
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
