import { ConfigurationError } from '@cullstream/contracts';
import {
  environmentSource,
  fileSource,
  parseSettings,
  refuseWritesIntoOriginals,
  type SettingsSchema,
} from '@cullstream/runtime';
import type { z } from 'zod';
import { toFlag } from './add-settings.js';
import { requireAnswers } from './require-answers.js';

/** What the process knows from outside; only `main.ts` reads it. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The settings of a command: flag, then environment, then `cullstream.yaml`, then default.
 * @param known settings of all commands, which one file serves
 * @throws {ConfigurationError} with every problem at once
 */
export async function readSettings<S extends SettingsSchema>(
  schema: S,
  flags: Readonly<Record<string, unknown>>,
  { environment }: Surroundings,
  known: readonly string[],
): Promise<Readonly<z.infer<S>>> {
  const fromEnvironment = environmentSource(schema, environment);
  const config = flags['config'] ?? fromEnvironment.values['config'];
  const file =
    typeof config === 'string'
      ? await fileSource(config, { required: true, known })
      : await fileSource('cullstream.yaml', { required: false, known });
  try {
    const settings = parseSettings(schema, [
      { name: 'the command line', values: flags },
      fromEnvironment,
      file,
    ]);
    await requireAnswers(settings);
    refuseWritesIntoOriginals(settings);
    return settings;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(
      error.problems.map((problem) =>
        problem.replace(/^(\w+):/, (_all, name: string) => `${toFlag(name)}:`),
      ),
      { cause: error },
    );
  }
}
