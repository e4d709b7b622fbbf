import { ConfigurationError } from '@cullstream/contracts';
import {
  evaluateVersions,
  formatEvaluation,
  toEvaluationPage,
  toPicturesOfEvaluation,
} from '@cullstream/evaluation';
import { loadTrainedOn } from '@cullstream/inference';
import { exitCodes, requireDataFolder } from '@cullstream/runtime';
import { tableColumns } from '../output/format-table.js';
import { writePage } from '../output/write-page.js';
import type { EvaluateSettings } from '../settings/evaluation-settings.js';
import type { CommandContext } from './command-context.js';

/** Compares every version with the user's choices, and with simple rules that need no model. */
export async function evaluate(
  settings: EvaluateSettings,
  context: CommandContext,
): Promise<number> {
  requireDataFolder(settings.data);
  const findTrainedOn = await loadTrainedOn(settings.registry);
  const evaluation = await evaluateVersions({ ...settings, findTrainedOn });
  const { versions } = evaluation;
  if (versions.length === 0) {
    throw new ConfigurationError([
      `there is nothing to evaluate in ${settings.data} yet: run \`cullstream run\` first, ` +
        'then `cullstream truth --finals DIR`',
    ]);
  }
  if (versions.every(({ projects, notCompleted }) => projects.length + notCompleted.length === 0)) {
    throw new ConfigurationError([
      'nothing is known of what you chose: run `cullstream truth --finals DIR` first, with the folder of ' +
        'your finished images',
    ]);
  }
  await writePage(settings, context, {
    toWanted: () => toPicturesOfEvaluation(evaluation),
    toPage: (findPicture) => toEvaluationPage(evaluation, findPicture),
  });
  context.terminal.print(
    settings.json
      ? JSON.stringify(evaluation, null, 2)
      : formatEvaluation(evaluation, tableColumns()),
  );
  return exitCodes.ok;
}
