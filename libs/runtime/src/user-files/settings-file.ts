import { ConfigurationError } from '@cullstream/contracts';
import type { SettingsSource } from '../settings.js';
import { didYouMean } from './did-you-mean.js';
import { readUserFile, type UserFile } from './read-user-file.js';

export interface FileSourceOptions {
  /** If false, a missing file counts as one without settings. */
  readonly required: boolean;
  /** All settings of all commands, since one file serves all of them. */
  readonly known: readonly string[];
}

/**
 * Settings of a YAML file. Keys may be written `timeGapMinutes` or `time-gap-minutes`. Unknown keys are
 * reported as problems of the source.
 * @throws {ConfigurationError} when it cannot be read or is no mapping
 */
export async function fileSource(
  path: string,
  { required, known }: FileSourceOptions,
): Promise<SettingsSource> {
  const file = await readUserFile(path, { what: 'the settings file' });
  if (file === undefined) {
    if (required)
      throw new ConfigurationError([`‹config›: ${path}: there is no such settings file`]);
    return { name: path, values: {} };
  }
  const { content } = file;
  if (content === null || content === undefined) return { name: path, values: {} };
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new ConfigurationError([
      `${path}: expected a mapping of settings, one "name: value" a line`,
    ]);
  }
  return toSource(path, file, Object.entries(content), known);
}

function toSource(
  path: string,
  file: UserFile,
  entries: readonly (readonly [string, unknown])[],
  known: readonly string[],
): SettingsSource {
  const values = new Map<string, unknown>();
  const problems: string[] = [];
  for (const [key, value] of entries) {
    const setting = toCamelCase(key);
    const where = file.whereIs([key]);
    if (!known.includes(setting)) {
      problems.push(`${where}: there is no setting "${key}"${didYouMean(key, known)}`);
    } else if (values.has(setting)) {
      problems.push(`${where}: the setting "${setting}" stands there twice`);
    }
    values.set(setting, value);
  }
  return { name: path, values: Object.fromEntries(values), problems };
}

function toCamelCase(key: string): string {
  return key.replaceAll(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
