import { ConfigurationError } from '@cullstream/contracts';
import { exitCodes, type SettingsSchema } from '@cullstream/runtime';
import { Command, CommanderError } from 'commander';
import type { CommandContext } from './commands/command-context.js';
import { declareCommands, type Action } from './declare-commands.js';
import { addSettings } from './settings/add-settings.js';
import { readSettings } from './settings/read-settings.js';

type Outside = Omit<CommandContext, 'log'>;

/** The command line. `run` resolves with the exit code and never rejects. */
export function createProgram(outside: Outside): { run(argv: readonly string[]): Promise<number> } {
  const program = new Command('cullstream')
    .description('Picks the best image of every group of variants and proposes its crop.')
    .version('0.1.0')
    .exitOverride()
    .showHelpAfterError();
  let exitCode: number = exitCodes.ok;
  /** What may stand in a settings file, which cannot name another one. */
  const known = new Set<string>();

  function command<S extends SettingsSchema>(
    name: string,
    description: string,
    schema: S,
    load: () => Promise<Action<S>>,
    parent = program,
  ): Command {
    for (const setting of Object.keys(schema.shape)) if (setting !== 'config') known.add(setting);
    const added = addSettings(parent.command(name).description(description), schema).exitOverride();
    return added.action(async (...args: unknown[]) => {
      // Operands come first, then the flags, then the command.
      const flags = args.at(-2) as Record<string, unknown>;
      const operands = args
        .slice(0, -2)
        .flat()
        .filter((each) => typeof each === 'string');
      const settings = await readSettings(schema, flags, outside.surroundings, [...known]);
      const level = Reflect.get(settings, 'logLevel') as 'warn';
      const log = outside.terminal.logger(level);
      const action = await load();
      exitCode = await action(settings, { ...outside, log }, operands);
    });
  }

  declareCommands(program, command);

  return {
    async run(argv) {
      try {
        await program.parseAsync([...argv]);
        return exitCode;
      } catch (error) {
        return await toExitCode(error, outside);
      }
    },
  };
}

async function toExitCode(error: unknown, { terminal }: Outside): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof Error && error.name === 'InterruptedError') {
    terminal.note('interrupted; the same command begins again');
    return exitCodes.interrupted;
  }
  if (error instanceof ConfigurationError) {
    for (const problem of error.problems) terminal.note(`error: ${problem}`);
    return exitCodes.usage;
  }
  // Loaded here alone: commands without databases or a broker start faster without them.
  const { DatabaseError } = await import('@cullstream/store');
  if (error instanceof DatabaseError) {
    terminal.note(`error: ${error.message}`);
    return exitCodes.usage;
  }
  const { isBrokerAway } = await import('@cullstream/bus');
  if (isBrokerAway(error)) {
    const what = error instanceof Error ? error.message : String(error);
    terminal.note(
      `error: the broker does not answer (${what}); see that it runs, then give the same command again`,
    );
    return exitCodes.failed;
  }
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.note(`error: ${reason}`);
  return exitCodes.failed;
}
