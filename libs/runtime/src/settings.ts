import { ConfigurationError, describeIssue, type WriteSetting } from '@cullstream/contracts';
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

/** Writes a setting as a variable, `CULL_DEVICE=cpu`; without a value, by its name. */
export const writeVariable: WriteSetting = (name, value) =>
  value === undefined ? name : `${toVariableName(name)}=${value}`;

/** The settings of a schema that are in the environment. Blank variables count as unset. */
export function environmentSource(
  schema: SettingsSchema,
  environment: Readonly<Record<string, string | undefined>>,
): SettingsSource {
  const values: Record<string, unknown> = {};
  for (const setting of Object.keys(schema.shape)) {
    const value = environment[toVariableName(setting)];
    if (value !== undefined && value.trim() !== '') values[setting] = value;
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
  const parsed = schema.safeParse(merged, { error: describeIssue });
  const problems = [
    ...sources.flatMap((source) => source.problems ?? []),
    ...findEmpty(merged, origins),
  ];
  if (parsed.success && problems.length === 0) return Object.freeze(parsed.data);
  throw new ConfigurationError(
    [
      ...problems,
      ...new Set(
        (parsed.error?.issues ?? []).flatMap((issue) => {
          const setting = String(issue.path[0] ?? '');
          const origin = origins.get(setting);
          if (origin === undefined) return `‹${setting}›: is required (${toVariableName(setting)})`;
          if (isEmpty(merged[setting])) return [];
          return `‹${setting}›: ${issue.message} (got ${show(merged[setting])} from ${origin})`;
        }),
      ),
    ],
    { cause: parsed.error },
  );
}

/** Finds empty values. An empty number would be read as zero, an empty path as the working folder. */
function findEmpty(
  merged: Readonly<Record<string, unknown>>,
  origins: ReadonlyMap<string, string>,
): string[] {
  return Object.keys(merged)
    .filter((setting) => isEmpty(merged[setting]))
    .map(
      (setting) =>
        `‹${setting}›: is empty; give it a value or leave it out (from ${origins.get(setting) ?? ''})`,
    );
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}

const LONGEST_SHOWN = 60;

function show(value: unknown): string {
  // JSON has neither NaN nor Infinity.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
