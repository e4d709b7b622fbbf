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
  });
  return settings;
}

/**
 * Where the originals are, for a command that is not told: it is not to write there, either. A folder
 * that does not answer takes no writes.
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
