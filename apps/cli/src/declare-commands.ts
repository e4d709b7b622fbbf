import type { SettingsSchema } from '@cullstream/runtime';
import type { Command } from 'commander';
import type { z } from 'zod';
import type { CommandName } from './command-help.js';
import type { CommandContext } from './commands/command-context.js';
import {
  modelsCheckSettings,
  modelsImportSettings,
  modelsPullSettings,
  modelsSettings,
} from './settings/models-settings.js';
import {
  dataSettings,
  demoSettings,
  planSettings,
  runSettings,
  statusSettings,
} from './settings/settings.js';
import {
  exportSettings,
  mergeSettings,
  validateSettings,
  verifySettings,
} from './settings/database-settings.js';
import { keysSettings, provisionSettings } from './settings/deployment-settings.js';
import { doctorSettings } from './settings/doctor-settings.js';
import { deadAcceptSettings, deadRetrySettings, deadSettings } from './settings/dead-settings.js';
import { controlSettings, prioritiseSettings } from './settings/control-settings.js';
import { embedderSettings, streamsSettings } from './settings/stream-settings.js';
import {
  diffSettings,
  promoteSettings,
  replaySettings,
  versionsSettings,
} from './settings/version-settings.js';
import { evaluateSettings } from './settings/evaluation-settings.js';
import { viewSettings } from './settings/view-settings.js';
import { truthSettings } from './settings/truth-settings.js';

export type Action<S extends SettingsSchema> = (
  settings: Readonly<z.infer<S>>,
  context: CommandContext,
  operands: readonly string[],
) => Promise<number>;

/**
 * Adds a command, whose flags are those of its schema.
 * @param name whole: `dead list`
 * @param load called when the command is: help and the other commands do not wait for it
 */
export type AddCommand = <S extends SettingsSchema>(
  name: CommandName,
  schema: S,
  load: () => Promise<Action<S>>,
) => Command;

/** What begins runs and controls them. */
function declareRuns(command: AddCommand): void {
  const runArgument = ['[run]', 'id of the run (default: the one that is running)'] as const;
  command('demo', demoSettings, async () => (await import('./commands/demo.js')).demo);
  command('doctor', doctorSettings, async () => (await import('./commands/doctor.js')).doctor);
  command('plan', planSettings, async () => (await import('./commands/plan.js')).plan);
  command('run', runSettings, async () => (await import('./commands/run.js')).run);
  command('status', statusSettings, async () => (await import('./commands/status.js')).status);
  command(
    'pause',
    controlSettings,
    async () => (await import('./commands/control.js')).pause,
  ).argument(...runArgument);
  command(
    'resume',
    controlSettings,
    async () => (await import('./commands/control.js')).resume,
  ).argument(...runArgument);
  command(
    'cancel',
    controlSettings,
    async () => (await import('./commands/control.js')).cancel,
  ).argument(...runArgument);
  command(
    'prioritise',
    prioritiseSettings,
    async () => (await import('./commands/control.js')).prioritise,
  ).argument('[project...]', 'names of projects in the order to process them');
}

/** What is done with results. */
function declareResults(command: AddCommand): void {
  command('view', viewSettings, async () => (await import('./commands/view.js')).view);
  command(
    'export',
    exportSettings,
    async () => (await import('./commands/export.js')).exportProjects,
  );
  command(
    'versions',
    versionsSettings,
    async () => (await import('./commands/versions.js')).versions,
  );
  command('diff', diffSettings, async () => (await import('./commands/diff.js')).diff)
    .argument('<a>', 'id of a version, or its beginning')
    .argument('<b>', 'id of the other version');
  command(
    'promote',
    promoteSettings,
    async () => (await import('./commands/promote.js')).promote,
  ).argument('[version]', 'id of the version, or its beginning');
  command('replay', replaySettings, async () => (await import('./commands/replay.js')).replay);
  command('truth', truthSettings, async () => (await import('./commands/truth.js')).truth);
  command(
    'evaluate',
    evaluateSettings,
    async () => (await import('./commands/evaluate.js')).evaluate,
  );
  command('merge', mergeSettings, async () => (await import('./commands/merge.js')).merge);
}

/** What finds gaps and failures, and mends them. */
function declareChecks(command: AddCommand): void {
  command('verify', verifySettings, async () => (await import('./commands/verify.js')).verify);
  command(
    'validate',
    validateSettings,
    async () => (await import('./commands/validate.js')).validate,
  ).argument('[path...]', 'databases or folders (default: those of the data folder)');
  command('dead list', deadSettings, async () => (await import('./commands/dead.js')).deadList);
  command(
    'dead show',
    deadSettings,
    async () => (await import('./commands/dead.js')).deadShow,
  ).argument('<id>', 'id of the failure, or its beginning');
  command(
    'dead retry',
    deadRetrySettings,
    async () => (await import('./commands/dead-retry.js')).deadRetry,
  ).argument('[id...]', 'ids of failures (default: all that --reason and --project select)');
  command(
    'dead accept',
    deadAcceptSettings,
    async () => (await import('./commands/dead-accept.js')).deadAccept,
  ).argument('[id...]', 'ids of failures (default: all that --reason and --project select)');
  command(
    'dead export',
    deadSettings,
    async () => (await import('./commands/dead.js')).deadExport,
  ).argument('[file]', 'file to write (default: stdout)');
  command(
    'forget',
    dataSettings,
    async () => (await import('./commands/forget.js')).forget,
  ).argument('<project...>', 'names of projects');
}

/** What is done with weights. */
function declareModels(command: AddCommand): void {
  command(
    'models list',
    modelsSettings,
    async () => (await import('./commands/models.js')).modelsList,
  );
  command(
    'models import',
    modelsImportSettings,
    async () => (await import('./commands/models.js')).modelsImport,
  ).argument('<file>', 'checkpoint (.pt, .bin, .safetensors) or .onnx');
  command(
    'models pull',
    modelsPullSettings,
    async () => (await import('./commands/models.js')).modelsPull,
  ).argument('<name>', 'name of the model, for instance clip-vit-b-32');
  command(
    'models check',
    modelsCheckSettings,
    async () => (await import('./commands/models-check.js')).modelsCheck,
  );
}

/** What concerns several computers. */
function declareDeployment(command: AddCommand): void {
  command(
    'embedder',
    embedderSettings,
    async () => (await import('./commands/embedder.js')).embedder,
  );
  command('streams', streamsSettings, async () => (await import('./commands/streams.js')).streams);
  command('keys', keysSettings, async () => (await import('./commands/keys.js')).keys);
  command(
    'provision',
    provisionSettings,
    async () => (await import('./commands/provision.js')).provision,
  );
}

/** Commands that cannot work without every package with native code. */
const native: ReadonlySet<CommandName> = new Set<CommandName>([
  ...(['demo', 'doctor', 'run', 'replay', 'verify', 'dead retry', 'embedder'] as const),
]);

/** Every command there is, with what it takes. */
export function declareCommands(addCommand: AddCommand): void {
  const command: AddCommand = (name, schema, load) =>
    addCommand(name, schema, async () => {
      // Before the command is loaded, which would fail with an error of the loader.
      if (native.has(name)) {
        (await import('./machine/native-packages.js')).requireNativePackages();
      }
      return load();
    });
  declareRuns(command);
  declareResults(command);
  declareChecks(command);
  declareModels(command);
  declareDeployment(command);
}
