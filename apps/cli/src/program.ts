import { ConfigurationError } from '@cullstream/contracts';
import { exitCodes, type SettingsSchema } from '@cullstream/runtime';
import { Command, CommanderError } from 'commander';
import type { z } from 'zod';
import type { CommandContext } from './commands/command-context.js';
import { cancel, pause, prioritise, resume } from './commands/control.js';
import { deadExport, deadList, deadShow } from './commands/dead.js';
import { deadRetry } from './commands/dead-retry.js';
import { demo } from './commands/demo.js';
import { diff } from './commands/diff.js';
import { doctor } from './commands/doctor.js';
import { embedder } from './commands/embedder.js';
import { exportProject } from './commands/export.js';
import { keys } from './commands/keys.js';
import { merge } from './commands/merge.js';
import { modelsImport, modelsList, modelsPull } from './commands/models.js';
import { modelsCheck } from './commands/models-check.js';
import { plan } from './commands/plan.js';
import { promote } from './commands/promote.js';
import { provision } from './commands/provision.js';
import { replay } from './commands/replay.js';
import { run } from './commands/run.js';
import { status } from './commands/status.js';
import { streams } from './commands/streams.js';
import { validate } from './commands/validate.js';
import { versions } from './commands/versions.js';
import { verify } from './commands/verify.js';
import { addSettings } from './settings/add-settings.js';
import {
  modelsCheckSettings,
  modelsImportSettings,
  modelsPullSettings,
  modelsSettings,
} from './settings/models-settings.js';
import { readSettings } from './settings/read-settings.js';
import {
  demoSettings,
  doctorSettings,
  keysSettings,
  planSettings,
  provisionSettings,
  runSettings,
  statusSettings,
} from './settings/settings.js';
import {
  exportSettings,
  mergeSettings,
  validateSettings,
  verifySettings,
} from './settings/database-settings.js';
import { deadRetrySettings, deadSettings } from './settings/dead-settings.js';
import { controlSettings, prioritiseSettings } from './settings/control-settings.js';
import { embedderSettings, streamsSettings } from './settings/stream-settings.js';
import {
  diffSettings,
  promoteSettings,
  replaySettings,
  versionsSettings,
} from './settings/version-settings.js';

type Outside = Omit<CommandContext, 'log'>;
type Action<S extends SettingsSchema> = (
  settings: Readonly<z.infer<S>>,
  context: CommandContext,
  operands: readonly string[],
) => Promise<number>;

/** The command line. `run` resolves with the exit code and never rejects. */
export function createProgram(outside: Outside): { run(argv: readonly string[]): Promise<number> } {
  const program = new Command('cullstream')
    .description('Picks the best image of every group of variants and proposes its crop.')
    .version('0.1.0')
    .exitOverride()
    .showHelpAfterError();
  let exitCode: number = exitCodes.ok;

  function command<S extends SettingsSchema>(
    name: string,
    description: string,
    schema: S,
    action: Action<S>,
    parent = program,
  ): Command {
    const added = addSettings(parent.command(name).description(description), schema).exitOverride();
    return added.action(async (...args: unknown[]) => {
      // Operands come first, then the flags, then the command.
      const flags = args.at(-2) as Record<string, unknown>;
      const operands = args
        .slice(0, -2)
        .flat()
        .filter((each) => typeof each === 'string');
      const settings = await readSettings(schema, flags, outside.surroundings);
      const level = Reflect.get(settings, 'logLevel') as 'warn';
      const log = outside.terminal.logger(level);
      exitCode = await action(settings, { ...outside, log }, operands);
    });
  }

  command('plan', 'dry run: what a run would find and do; writes nothing', planSettings, plan);
  command('run', 'embed, predict and decide everything; resumes by itself', runSettings, run);
  command('status', 'where the current or last run stands', statusSettings, status);
  command(
    'replay',
    'rerun stages from stored events, by other models; earlier outputs stay',
    replaySettings,
    replay,
  );
  command(
    'versions',
    'list what each recipe made, and which is current',
    versionsSettings,
    versions,
  );
  command(
    'diff',
    'compare the decisions of two versions, with each other and with the user',
    diffSettings,
    diff,
  )
    .argument('<a>', 'id of a version, or its beginning')
    .argument('<b>', 'the version to compare with it');
  command(
    'promote',
    'make a version current in databases cullstream created; --undo takes it back',
    promoteSettings,
    promote,
  ).argument('[version]', 'id of the version, or its beginning');
  command(
    'verify',
    'prove that everything is complete; exit 0, or 1 with the gaps',
    verifySettings,
    verify,
  );
  command(
    'validate',
    'check databases; exit 0 sound, 1 warnings, 2 errors',
    validateSettings,
    validate,
  ).argument('[path...]', 'databases or folders (default: those of the data folder)');

  command(
    'merge',
    'carry staged predictions into databases of your own; shows what it would do without --apply',
    mergeSettings,
    merge,
  );
  command(
    'export',
    'decisions with scores and recipes, for notebooks',
    exportSettings,
    exportProject,
  );

  const runArgument = ['[run]', 'its id (default: the one at work)'] as const;
  command('pause', 'hold a run until it is resumed', controlSettings, pause).argument(
    ...runArgument,
  );
  command('resume', 'let a paused run go on', controlSettings, resume).argument(...runArgument);
  command(
    'cancel',
    'end a run: what waits is dropped, what is done stays',
    controlSettings,
    cancel,
  ).argument(...runArgument);
  command(
    'prioritise',
    'have projects of a run done before all others; none: its own order',
    prioritiseSettings,
    prioritise,
  ).argument('[project...]', 'their names, the first one first');
  command('embedder', 'join a run as one more embedder', embedderSettings, embedder);
  command('streams', 'what the streams hold, by run and project', streamsSettings, streams);
  const dead = program
    .command('dead')
    .description('images and messages that failed for good')
    .exitOverride();
  command('list', 'all of them, with reason and times', deadSettings, deadList, dead);
  command('show', 'all there is to know of one', deadSettings, deadShow, dead).argument('<id>');
  command('retry', 'try again after a fix', deadRetrySettings, deadRetry, dead).argument(
    '[id...]',
    'only these (default: all that --reason and --project select)',
  );
  command('export', 'as JSON, one a line', deadSettings, deadExport, dead).argument(
    '[file]',
    'where to (default: stdout)',
  );
  const models = program
    .command('models')
    .description('weights: what is there, what is known, and getting more')
    .exitOverride();
  command('list', 'known models, and what the data folder has', modelsSettings, modelsList, models);
  command(
    'import',
    'take weights into the data folder, after a look inside',
    modelsImportSettings,
    modelsImport,
    models,
  ).argument('<file>', 'checkpoint (.pt, .bin, .safetensors) or .onnx');
  command(
    'pull',
    'fetch a known model, check its digest and import it',
    modelsPullSettings,
    modelsPull,
    models,
  ).argument('<name>', 'name of the model, for instance clip-vit-b-32');
  command(
    'check',
    'load every model and run it once; with --agreement, compare precisions',
    modelsCheckSettings,
    modelsCheck,
    models,
  );
  command(
    'doctor',
    'check machine, broker, folders, models and a known embedding',
    doctorSettings,
    doctor,
  );
  command('demo', 'make example originals and weights, and run over them', demoSettings, demo);
  command('keys', 'make the keys of the users of a deployment', keysSettings, keys);
  command(
    'provision',
    "set up a deployment's streams and consumers at its broker",
    provisionSettings,
    provision,
  );

  return {
    async run(argv) {
      try {
        await program.parseAsync([...argv]);
        return exitCode;
      } catch (error) {
        return toExitCode(error, outside);
      }
    },
  };
}

function toExitCode(error: unknown, { terminal }: Outside): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof ConfigurationError) {
    for (const problem of error.problems) terminal.note(`error: ${problem}`);
    return exitCodes.usage;
  }
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.note(`error: ${reason}`);
  return exitCodes.failed;
}
