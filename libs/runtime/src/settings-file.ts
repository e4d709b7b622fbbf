import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '@cullstream/contracts';
import { parse } from 'yaml';
import type { SettingsSource } from './settings.js';

/**
 * Settings of a YAML file. Keys may be written `timeGapMinutes` or `time-gap-minutes`.
 * @param path the file; where `required` is false a missing one has no settings
 * @throws {ConfigurationError} when it cannot be read or is no mapping
 */
export async function fileSource(path: string, required: boolean): Promise<SettingsSource> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (!required && cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      return '';
    throw new ConfigurationError([`${path}: the settings file cannot be read: ${String(cause)}`], {
      cause,
    });
  });
  const content = parseYaml(path, text);
  if (content === null || content === undefined) return { name: path, values: {} };
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new ConfigurationError([
      `${path}: expected a mapping of settings, one "name: value" a line`,
    ]);
  }
  const values = Object.fromEntries(
    Object.entries(content).map(([key, value]) => [toCamelCase(key), value as unknown]),
  );
  return { name: path, values };
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError([`${path}: not valid YAML: ${reason}`], { cause });
  }
}

function toCamelCase(key: string): string {
  return key.replaceAll(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
