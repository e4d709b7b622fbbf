import { ConfigurationError } from '@cullstream/contracts';
import { exitCodes, type SettingsSchema } from '@cullstream/runtime';
import { Command, CommanderError } from 'commander';
import type { z } from 'zod';
import type { CommandContext } from './commands/command-context.js';
import { demo } from './commands/demo.js';
import { doctor } from './commands/doctor.js';
import { plan } from './commands/plan.js';
import { run } from './commands/run.js';
import { status } from './commands/status.js';
import { validate } from './commands/validate.js';
import { verify } from './commands/verify.js';
import { addSettings } from './settings/add-settings.js';
import { readSettings } from './settings/read-settings.js';
import {
  demoSettings,
  doctorSettings,
  planSettings,
  runSettings,
  statusSettings,
  validateSettings,
  verifySettings,
} from './settings/settings.js';

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
  ): Command {
    const added = addSettings(
      program.command(name).description(description),
      schema,
    ).exitOverride();
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
    'doctor',
    'check machine, broker, folders, models and a known embedding',
    doctorSettings,
    doctor,
  );
  command('demo', 'make example originals and weights, and run over them', demoSettings, demo);

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
