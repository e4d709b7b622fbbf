import { readFileSync } from 'node:fs';
import type { Interruption, StartService } from '@cullstream/runs';
import {
  exitCodes,
  findUnknownVariables,
  refuseFiles,
  targetSettings,
  withoutRawErrors,
  type SettingsSchema,
} from '@cullstream/runtime';
import { CommanderError, type Command } from 'commander';
import type { CommandContext } from './commands/command-context.js';
import { createCommand, createRootCommand, toHelpRequest } from './create-command.js';
import type { CommandName } from './command-help.js';
import { declareCommands, writing, type Action } from './declare-commands.js';
import { reportError } from './output/report-error.js';
import type { Terminal } from './output/terminal.js';
import { addSettings } from './settings/add-settings.js';
import { readSettings, type Surroundings } from './settings/read-settings.js';
import { toBrokerTarget } from './settings/to-broker-target.js';

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

interface Outside {
  readonly terminal: Terminal;
  readonly surroundings: Surroundings;
  readonly startService: StartService;
  /** Begins to listen to signals. */
  readonly onSignals: (context: Pick<CommandContext, 'note'>, told?: string) => Interruption;
}

export interface Program {
  /** Runs a command. Resolves with the exit code and never rejects. */
  run(argv: readonly string[]): Promise<number>;
  /** Reports an error to the user. Resolves with the exit code for this error. */
  report(error: unknown): Promise<number>;
  /**
   * Waits until all output is written. Resolves with the exit code, or with that of a failure to
   * write.
   */
  flush(exitCode: number): Promise<number>;
}

/** Creates the command line program with all commands. */
export function createProgram(outside: Outside): Program {
  const program = createRootCommand(version);
  let exitCode: number = exitCodes.ok;
  /** Settings that are allowed in a settings file. A settings file cannot name another one. */
  const known = new Set<string>();
  let dataDir: string | undefined;
  let command: readonly string[] = [];
  const report = (error: unknown) =>
    reportError(error, { terminal: outside.terminal, dataDir, command });

  function addCommand<S extends SettingsSchema>(
    name: CommandName,
    schema: S,
    load: () => Promise<Action<S>>,
  ): Command {
    for (const setting of Object.keys(schema.shape)) if (setting !== 'config') known.add(setting);
    const added = addSettings(createCommand(program, name), schema);
    return added.action(async (...args: unknown[]) => {
      // The arguments are the operands, then the flags, then the command.
      const flags = args.at(-2) as Record<string, unknown>;
      const operands = args
        .slice(0, -2)
        .flat()
        .filter((each) => typeof each === 'string');
      const target = writing.has(name) ? { file: operands[0] } : {};
      const settings = await readSettings(schema, flags, outside.surroundings, [...known], target);
      dataDir = Reflect.get(settings, 'data') as string | undefined;
      await refuseFiles(settings);
      const level = Reflect.get(settings, 'logLevel') as 'warn';
      const log = outside.terminal.logger(level);
      for (const each of findUnknownVariables(outside.surroundings.environment).others) {
        log.warn(each);
      }
      const written = { ...settings, ...target };
      if (targetSettings.some((each) => Reflect.get(written, each) !== undefined)) {
        // Loaded here only, so that commands that write no such file start faster.
        const { refuseTargets } = await import('./settings/refuse-targets.js');
        await refuseTargets(written, log);
      }
      const action = await load();
      const context: CommandContext = {
        terminal: outside.terminal,
        log,
        report,
        note: (line) => outside.terminal.note(line),
        target: toBrokerTarget(settings, outside.surroundings),
        environment: outside.surroundings.environment,
        startService: outside.startService,
        listenToSignals: (told) => outside.onSignals(outside.terminal, told),
      };
      exitCode = await action(settings, context, operands);
    });
  }

  declareCommands(addCommand);

  return {
    report,
    async run(argv) {
      command = argv.slice(2);
      try {
        await program.parseAsync([...argv.slice(0, 2), ...toHelpRequest(program, command)]);
        return exitCode;
      } catch (error) {
        if (!(error instanceof CommanderError)) return await report(error);
        return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
      }
    },
    async flush(code) {
      try {
        await outside.terminal.flush();
        return code;
      } catch (error) {
        const reason = error instanceof Error ? withoutRawErrors(error.message) : String(error);
        outside.terminal.note(`error: the output cannot be written: ${reason}`);
        return code === exitCodes.ok ? exitCodes.failed : code;
      }
    },
  };
}
