import type { SettingsSchema } from './settings.js';

/** A setting of several programs, for a table. */
export interface UsedSetting {
  readonly setting: string;
  readonly description: string;
  readonly preset: string | undefined;
  /** Names of the programs that have it. */
  readonly users: readonly string[];
}

/**
 * Every setting of several programs, in order of appearance.
 * @param toKey settings with the same key are one setting; by default, those with the same name
 * @throws when a setting has no description
 */
export function collectSettings(
  programs: Iterable<readonly [string, SettingsSchema]>,
  toKey = (setting: string, _description: string) => setting,
): UsedSetting[] {
  const found = new Map<string, UsedSetting>();
  for (const [program, schema] of programs) {
    for (const [setting, type] of Object.entries(schema.shape)) {
      const description = type.meta()?.description;
      if (!description) throw new Error(`${program}: the setting ${setting} has no description`);
      const key = toKey(setting, description);
      const known = found.get(key) ?? {
        setting,
        description,
        preset: readDefault(type),
        users: [],
      };
      found.set(key, { ...known, users: [...known.users, program] });
    }
  }
  return [...found.values()];
}

function tryDefault(type: SettingsSchema['shape'][string]): unknown {
  try {
    return type.safeParse(undefined).data;
  } catch {
    // Reading the settings will report why this machine gives no default.
    return undefined;
  }
}

/** The default of a setting as text; undefined where there is none, or where it is off. */
export function readDefault(type: SettingsSchema['shape'][string]): string | undefined {
  const data = tryDefault(type);
  const isShown = typeof data === 'string' || typeof data === 'number' || data === true;
  return isShown ? String(data) : undefined;
}
