import type { SettingsSchema } from '@cullstream/runtime';
import type { Command } from 'commander';
import type { z } from 'zod';
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

export type Action<S extends SettingsSchema> = (
  settings: Readonly<z.infer<S>>,
  context: CommandContext,
  operands: readonly string[],
) => Promise<number>;

/**
 * Adds a command, whose flags are those of its schema.
 * @param load called when the command is: help and the other commands do not wait for it
 * @param parent default: the program
 */
export type AddCommand = <S extends SettingsSchema>(
  name: string,
  description: string,
  schema: S,
  load: () => Promise<Action<S>>,
  parent?: Command,
) => Command;

/** Binaries that do not suit this Node are found before the command is loaded, let alone starts anything. */
function withNativePackages<A>(load: () => Promise<A>): () => Promise<A> {
  return async () => {
    (await import('./machine/native-packages.js')).requireNativePackages();
    return load();
  };
}

/** Every command there is, with what it takes. */
export function declareCommands(program: Command, command: AddCommand): void {
  command(
    'plan',
    'dry run: what a run would find and do; writes nothing',
    planSettings,
    async () => (await import('./commands/plan.js')).plan,
  );
  command(
    'run',
    'embed, predict and decide everything; resumes by itself',
    runSettings,
    withNativePackages(async () => (await import('./commands/run.js')).run),
  );
  command(
    'status',
    'where the current or last run stands',
    statusSettings,
    async () => (await import('./commands/status.js')).status,
  );
  command(
    'replay',
    'rerun stages from stored events, by other models; earlier outputs stay',
    replaySettings,
    withNativePackages(async () => (await import('./commands/replay.js')).replay),
  );
  command(
    'versions',
    'list what each recipe made, and which is current',
    versionsSettings,
    async () => (await import('./commands/versions.js')).versions,
  );
  command(
    'diff',
    'compare the decisions of two versions, with each other and with the user',
    diffSettings,
    async () => (await import('./commands/diff.js')).diff,
  )
    .argument('<a>', 'id of a version, or its beginning')
    .argument('<b>', 'the version to compare with it');
  command(
    'promote',
    'make a version current in databases cullstream created; --undo takes it back',
    promoteSettings,
    async () => (await import('./commands/promote.js')).promote,
  ).argument('[version]', 'id of the version, or its beginning');
  command(
    'verify',
    'prove that everything is complete; exit 0, or 1 with the gaps',
    verifySettings,
    withNativePackages(async () => (await import('./commands/verify.js')).verify),
  );
  command(
    'validate',
    'check databases; exit 0 sound, 1 warnings, 2 errors',
    validateSettings,
    async () => (await import('./commands/validate.js')).validate,
  ).argument('[path...]', 'databases or folders (default: those of the data folder)');

  command(
    'merge',
    'carry staged predictions into databases of your own; shows what it would do without --apply',
    mergeSettings,
    async () => (await import('./commands/merge.js')).merge,
  );
  command(
    'forget',
    'let go of projects whose originals are gone for good; databases stay',
    dataSettings,
    async () => (await import('./commands/forget.js')).forget,
  ).argument('<project...>', 'their names');
  command(
    'export',
    'decisions with scores and recipes, for notebooks',
    exportSettings,
    async () => (await import('./commands/export.js')).exportProjects,
  );

  const runArgument = ['[run]', 'its id (default: the one at work)'] as const;
  command(
    'pause',
    'hold a run until it is resumed',
    controlSettings,
    async () => (await import('./commands/control.js')).pause,
  ).argument(...runArgument);
  command(
    'resume',
    'let a paused run go on',
    controlSettings,
    async () => (await import('./commands/control.js')).resume,
  ).argument(...runArgument);
  command(
    'cancel',
    'end a run: what waits is dropped, what is done stays',
    controlSettings,
    async () => (await import('./commands/control.js')).cancel,
  ).argument(...runArgument);
  command(
    'prioritise',
    'have projects of a run done before all others; none: its own order',
    prioritiseSettings,
    async () => (await import('./commands/control.js')).prioritise,
  ).argument('[project...]', 'their names, the first one first');
  command(
    'embedder',
    'join a run as one more embedder',
    embedderSettings,
    withNativePackages(async () => (await import('./commands/embedder.js')).embedder),
  );
  command(
    'streams',
    'what the streams hold, by run and project',
    streamsSettings,
    async () => (await import('./commands/streams.js')).streams,
  );
  const dead = program
    .command('dead')
    .description('images, messages and projects that failed for good')
    .exitOverride();
  command(
    'list',
    'all of them, with reason and times',
    deadSettings,
    async () => (await import('./commands/dead.js')).deadList,
    dead,
  );
  command(
    'show',
    'all there is to know of one',
    deadSettings,
    async () => (await import('./commands/dead.js')).deadShow,
    dead,
  ).argument('<id>');
  command(
    'retry',
    'try again after a fix',
    deadRetrySettings,
    withNativePackages(async () => (await import('./commands/dead-retry.js')).deadRetry),
    dead,
  ).argument('[id...]', 'only these (default: all that --reason and --project select)');
  command(
    'accept',
    'take note of them: runs end with 0 over them until they differ; --undo takes it back',
    deadAcceptSettings,
    async () => (await import('./commands/dead-accept.js')).deadAccept,
    dead,
  ).argument('[id...]', 'only these (default: all that --reason and --project select)');
  command(
    'export',
    'as JSON, one a line',
    deadSettings,
    async () => (await import('./commands/dead.js')).deadExport,
    dead,
  ).argument('[file]', 'where to (default: stdout)');
  const models = program
    .command('models')
    .description('weights: what is there, what is known, and getting more')
    .exitOverride();
  command(
    'list',
    'known models, and what the data folder has',
    modelsSettings,
    async () => (await import('./commands/models.js')).modelsList,
    models,
  );
  command(
    'import',
    'take weights into the data folder, after a look inside',
    modelsImportSettings,
    async () => (await import('./commands/models.js')).modelsImport,
    models,
  ).argument('<file>', 'checkpoint (.pt, .bin, .safetensors) or .onnx');
  command(
    'pull',
    'fetch a known model, check its digest and import it',
    modelsPullSettings,
    async () => (await import('./commands/models.js')).modelsPull,
    models,
  ).argument('<name>', 'name of the model, for instance clip-vit-b-32');
  command(
    'check',
    'load every model and run it once; with --agreement, compare precisions',
    modelsCheckSettings,
    async () => (await import('./commands/models-check.js')).modelsCheck,
    models,
  );
  command(
    'doctor',
    'check machine, broker, folders, models, devices, known pixels and vectors',
    doctorSettings,
    withNativePackages(async () => (await import('./commands/doctor.js')).doctor),
  );
  command(
    'demo',
    'make example originals and weights, and run over them',
    demoSettings,
    withNativePackages(async () => (await import('./commands/demo.js')).demo),
  );
  command(
    'keys',
    'make the keys of the users of a deployment',
    keysSettings,
    async () => (await import('./commands/keys.js')).keys,
  );
  command(
    'provision',
    "set up a deployment's streams and consumers at its broker",
    provisionSettings,
    async () => (await import('./commands/provision.js')).provision,
  );
}
