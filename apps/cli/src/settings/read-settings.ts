import { ConfigurationError } from '@cullstream/contracts';
import {
  environmentSource,
  fileSource,
  findUnknownVariables,
  parseSettings,
  refuseFiles,
  refuseWritesIntoOriginals,
  requireAnswers,
  type SettingsSchema,
  type SettingsSource,
} from '@cullstream/runtime';
import { z } from 'zod';

const originalsSetting = z.object({ originals: z.string() });

/** What the process gets from its environment. Only `main.ts` reads it. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the settings of a command. A flag overrides the environment, which overrides
 * `cullstream.yaml`, which overrides the default.
 * @param known settings of all commands, which share one settings file
 * @param operands files to write that are named by operands: they may be where the settings allow it
 * @throws {ConfigurationError} that lists all problems
 */
export async function readSettings<S extends SettingsSchema>(
  schema: S,
  flags: Readonly<Record<string, unknown>>,
  { environment }: Surroundings,
  known: readonly string[],
  operands: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<z.infer<S>>> {
  const { misspelt } = findUnknownVariables(environment);
  if (misspelt.length > 0) throw new ConfigurationError([...misspelt, 'rename it, or unset it']);
  const fromEnvironment = environmentSource(schema, environment);
  const config = flags['config'] ?? fromEnvironment.values['config'];
  if (config === '') {
    throw new ConfigurationError(['--config: is empty; give it a value or leave it out']);
  }
  await refuseFiles({ config });
  const file =
    typeof config === 'string'
      ? await fileSource(config, { required: true, known })
      : await fileSource('cullstream.yaml', { required: false, known });
  const settings = parseSettings(schema, [
    { name: 'the command line', values: flags },
    fromEnvironment,
    file,
  ]);
  await requireAnswers(settings);
  refuseWritesIntoOriginals({
    originals: await originalsElsewhere(environment, file),
    ...settings,
    ...operands,
  });
  return settings;
}

/**
 * The originals folder of a command that has no such setting, since it must not write there either.
 * Undefined if the folder does not respond, because nothing can be written to it then.
 */
async function originalsElsewhere(
  environment: Surroundings['environment'],
  file: SettingsSource,
): Promise<unknown> {
  const { values } = environmentSource(originalsSetting, environment);
  const originals = values['originals'] ?? file.values['originals'];
  return requireAnswers({ originals }).then(
    () => originals,
    () => undefined,
  );
}
