import { ConfigurationError } from '@cullstream/contracts';
import { z } from 'zod';

export type SettingsSchema = z.ZodObject<Record<string, z.ZodType>>;

/** Values by setting, from the strongest source to the weakest, each with its name for messages. */
export interface SettingsSource {
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** What is wrong with the source itself. */
  readonly problems?: readonly string[];
}

/** `dimensionScale` in the environment is `CULL_DIMENSION_SCALE`. */
export function toVariableName(setting: string): string {
  return `CULL_${setting.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** The settings of a schema that stand in the environment. Empty variables count as unset. */
export function environmentSource(
  schema: SettingsSchema,
  environment: Readonly<Record<string, string | undefined>>,
): SettingsSource {
  const values: Record<string, unknown> = {};
  for (const setting of Object.keys(schema.shape)) {
    const value = environment[toVariableName(setting)];
    if (value !== undefined && value !== '') values[setting] = value;
  }
  return { name: 'environment', values };
}

/**
 * Merges sources (the first that has a setting wins), checks the result and freezes it.
 * @throws {ConfigurationError} with every problem, each naming the setting and where it came from
 */
export function parseSettings<S extends SettingsSchema>(
  schema: S,
  sources: readonly SettingsSource[],
): Readonly<z.infer<S>> {
  const merged: Record<string, unknown> = {};
  const origins = new Map<string, string>();
  for (const setting of Object.keys(schema.shape)) {
    const source = sources.find(({ values }) => values[setting] !== undefined);
    if (source === undefined) continue;
    merged[setting] = source.values[setting];
    origins.set(setting, source.name);
  }
  const parsed = schema.safeParse(merged);
  const problems = sources.flatMap((source) => source.problems ?? []);
  if (parsed.success && problems.length === 0) return Object.freeze(parsed.data);
  throw new ConfigurationError(
    [
      ...problems,
      ...(parsed.error?.issues ?? []).map((issue) => {
        const setting = String(issue.path[0] ?? '');
        const origin = origins.get(setting);
        if (origin === undefined) return `${setting}: is required (${toVariableName(setting)})`;
        return `${setting}: ${issue.message} (from ${origin})`;
      }),
    ],
    { cause: parsed.error },
  );
}
