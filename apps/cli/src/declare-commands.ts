import type { SettingsSchema } from '@cullstream/runtime';
import type { Command } from 'commander';
import type { z } from 'zod';
import type { CommandName } from './command-help.js';
import type { CommandContext } from './commands/command-context.js';
import * as control from './settings/control-settings.js';
import * as database from './settings/database-settings.js';
import * as dead from './settings/dead-settings.js';
import * as deployment from './settings/deployment-settings.js';
import { doctorSettings } from './settings/doctor-settings.js';
import { evaluateSettings } from './settings/evaluation-settings.js';
import * as models from './settings/models-settings.js';
import * as settings from './settings/settings.js';
import { embedderSettings, streamsSettings } from './settings/stream-settings.js';
import { truthSettings } from './settings/truth-settings.js';
import * as version from './settings/version-settings.js';
import { viewSettings } from './settings/view-settings.js';

export type Action<S extends SettingsSchema> = (
  settings: Readonly<z.infer<S>>,
  context: CommandContext,
  operands: readonly string[],
) => Promise<number>;

/**
 * Adds a command. Its flags are the settings of its schema.
 * @param name full name of the command, such as `dead list`
 * @param load loads the code of the command. It is called only when the command is run, so that
 * help and the other commands start faster.
 */
export type AddCommand = <S extends SettingsSchema>(
  name: CommandName,
  schema: S,
  load: () => Promise<Action<S>>,
) => Command;

/** Like {@link AddCommand}, but the action is given by its name in a module. */
type Declare = <S extends SettingsSchema, A extends string>(
  name: CommandName,
  schema: S,
  load: () => Promise<Readonly<Record<A, Action<S>>>>,
  action: A,
) => Command;

const toControl = () => import('./commands/control.js');
const toDead = () => import('./commands/dead.js');
const toModels = () => import('./commands/models.js');

const run = ['[run]', 'id of the run (default: the one that is running)'] as const;
const failures = '(default: all that --reason and --project select)';

/** Commands that start and control runs. */
function declareRuns(command: Declare): void {
  command('demo', settings.demoSettings, () => import('./commands/demo.js'), 'demo');
  command('doctor', doctorSettings, () => import('./commands/doctor.js'), 'doctor');
  command('plan', settings.planSettings, () => import('./commands/plan.js'), 'plan');
  command('run', settings.runSettings, () => import('./commands/run.js'), 'run');
  command('status', settings.statusSettings, () => import('./commands/status.js'), 'status');
  command('pause', control.controlSettings, toControl, 'pause').argument(...run);
  command('resume', control.controlSettings, toControl, 'resume').argument(...run);
  command('cancel', control.controlSettings, toControl, 'cancel').argument(...run);
  command('prioritise', control.prioritiseSettings, toControl, 'prioritise').argument(
    '[project...]',
    'names of projects in the order to process them',
  );
}

/** Commands for the results of runs. */
function declareResults(command: Declare): void {
  command('view', viewSettings, () => import('./commands/view.js'), 'view');
  const toExport = () => import('./commands/export.js');
  command('export', database.exportSettings, toExport, 'exportProjects');
  const toExportVectors = () => import('./commands/export-vectors.js');
  command('export-vectors', database.exportVectorsSettings, toExportVectors, 'exportPacked');
  const toVersions = () => import('./commands/versions.js');
  command('versions', version.versionsSettings, toVersions, 'versions');
  command('diff', version.diffSettings, () => import('./commands/diff.js'), 'diff')
    .argument('<a>', 'id of a version, or its beginning')
    .argument('<b>', 'id of the other version');
  command(
    'promote',
    version.promoteSettings,
    () => import('./commands/promote.js'),
    'promote',
  ).argument('[version]', 'id of the version, or its beginning');
  command('replay', version.replaySettings, () => import('./commands/replay.js'), 'replay');
  command('truth', truthSettings, () => import('./commands/truth.js'), 'truth');
  command('evaluate', evaluateSettings, () => import('./commands/evaluate.js'), 'evaluate');
  command('merge', database.mergeSettings, () => import('./commands/merge.js'), 'merge');
}

/** Commands that find gaps and failures and repair them. */
function declareChecks(command: Declare): void {
  command('verify', database.verifySettings, () => import('./commands/verify.js'), 'verify');
  const toValidate = () => import('./commands/validate.js');
  command('validate', database.validateSettings, toValidate, 'validate').argument(
    '[path...]',
    'databases or folders (default: those of the data folder)',
  );
  command('dead list', dead.deadSettings, toDead, 'deadList');
  command('dead show', dead.deadSettings, toDead, 'deadShow').argument(
    '<id>',
    'id of the failure, or its beginning',
  );
  const toRetry = () => import('./commands/dead-retry.js');
  command('dead retry', dead.deadRetrySettings, toRetry, 'deadRetry').argument(
    '[id...]',
    `ids of failures ${failures}`,
  );
  const toAccept = () => import('./commands/dead-accept.js');
  command('dead accept', dead.deadAcceptSettings, toAccept, 'deadAccept').argument(
    '[id...]',
    `ids of failures ${failures}`,
  );
  command('dead export', dead.deadSettings, toDead, 'deadExport').argument(
    '[file]',
    'file to write (default: stdout)',
  );
  command('forget', settings.dataSettings, () => import('./commands/forget.js'), 'forget').argument(
    '<project...>',
    'names of projects',
  );
}

/** Commands for model files. */
function declareModels(command: Declare): void {
  command('models list', models.modelsSettings, toModels, 'modelsList');
  command('models import', models.modelsImportSettings, toModels, 'modelsImport').argument(
    '<file>',
    'checkpoint (.pt, .bin, .safetensors) or .onnx',
  );
  command('models pull', models.modelsPullSettings, toModels, 'modelsPull').argument(
    '<name>',
    'name of the model, for instance clip-vit-b-32',
  );
  const toCheck = () => import('./commands/models-check.js');
  command('models check', models.modelsCheckSettings, toCheck, 'modelsCheck');
  const toApprove = () => import('./commands/models-approve.js');
  command('models approve', models.modelsApproveSettings, toApprove, 'modelsApprove');
}

/** Commands for deployments on several computers. */
function declareDeployment(command: Declare): void {
  command('embedder', embedderSettings, () => import('./commands/embedder.js'), 'embedder');
  command('streams', streamsSettings, () => import('./commands/streams.js'), 'streams');
  command('keys', deployment.keysSettings, () => import('./commands/keys.js'), 'keys');
  const toProvision = () => import('./commands/provision.js');
  command('provision', deployment.provisionSettings, toProvision, 'provision');
}

/** Commands that need every package with native code. */
const native: ReadonlySet<CommandName> = new Set<CommandName>([
  ...(['demo', 'doctor', 'run', 'replay', 'verify', 'dead retry', 'embedder'] as const),
]);

/** Commands whose operand names a file to write. */
export const writing: ReadonlySet<CommandName> = new Set<CommandName>(['dead export']);

/** Declares all commands with their settings. */
export function declareCommands(addCommand: AddCommand): void {
  const command: Declare = (name, schema, load, action) =>
    addCommand(name, schema, async () => {
      // This check comes before the command is loaded, which would fail with an error of Node.
      if (native.has(name)) {
        (await import('./machine/native-packages.js')).requireNativePackages();
      }
      return (await load())[action];
    });
  declareRuns(command);
  declareResults(command);
  declareChecks(command);
  declareModels(command);
  declareDeployment(command);
}
