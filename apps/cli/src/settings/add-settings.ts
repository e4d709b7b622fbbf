import type { WriteSetting } from '@cullstream/contracts';
import { homeFolder, readDefault, type SettingsSchema } from '@cullstream/runtime';
import { isAbsolute } from 'node:path';
import { Option, type Command } from 'commander';
import type { z } from 'zod';
import { groupSettings } from './option-groups.js';

interface SettingMeta {
  readonly description?: string;
  readonly placeholder?: string;
  readonly flag?: boolean;
}

/**
 * Adds an option to a command for each setting of its schema: `minGroupSize` is `--min-group-size`.
 */
export function addSettings(command: Command, schema: SettingsSchema): Command {
  for (const [heading, settings] of groupSettings(Object.keys(schema.shape))) {
    for (const setting of settings) {
      const type = schema.shape[setting];
      if (type !== undefined) command.addOption(toOption(setting, type).helpGroup(heading));
    }
  }
  return command;
}

/** The flag for a setting. */
export function toFlag(setting: string): string {
  return `--${setting.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Writes a setting for a message in the form in which the user types it: `--device cpu`. */
export const writeFlag: WriteSetting = (name, value) =>
  value === undefined ? toFlag(name) : `${toFlag(name)} ${value}`;

function toOption(setting: string, type: z.ZodType): Option {
  const meta = (type.meta() ?? {}) as SettingMeta;
  const value = meta.flag === true ? '' : ` <${meta.placeholder ?? 'value'}>`;
  const preset = readDefault(type);
  const note = preset === undefined ? '' : ` (default: ${withTilde(preset)})`;
  const option = new Option(`${toFlag(setting)}${value}`, `${meta.description ?? ''}${note}`);
  return isList(type) ? option.argParser(joinLists) : option;
}

/** A path in the home folder as people write it. */
function withTilde(preset: string): string {
  return isAbsolute(preset) ? preset.replace(homeFolder(), '~') : preset;
}

/** Whether a setting takes several values, separated by commas. */
function isList(type: z.ZodType): boolean {
  return Array.isArray(type.safeParse('a').data);
}

/** Joins the values of a repeated option: `--only a --only b` is the same as `--only a,b`. */
function joinLists(value: string, before: string | undefined): string {
  return before === undefined ? value : `${before},${value}`;
}
