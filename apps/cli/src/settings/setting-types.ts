import { toProjectName } from '@cullstream/contracts';
import { z } from 'zod';

/**
 * A comma-separated list on the command line, a list or such a text in a settings file. A comma in a
 * name is written `\,`. Names are what projects are called: in Unicode's composed form.
 */
export const names = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? splitAtCommas(value) : value))
  .transform((list) =>
    list.map((name) => toProjectName(name.trim())).filter((name) => name !== ''),
  );

function splitAtCommas(text: string): string[] {
  return text.split(/(?<!\\),/).map((name) => name.replaceAll('\\,', ','));
}

/** A whole number above zero. */
export const count = z.coerce.number().int().positive();
/** On or off; in the environment also as text. */
export const flag = z.union([z.boolean(), z.stringbool()]);
/** A date or a time as JavaScript reads it; settings hold ISO 8601, UTC. */
export const time = z
  .string()
  .refine(
    (text) => !Number.isNaN(Date.parse(text)),
    'not a time; write 2026-01-31 or 2026-01-31T09:45',
  )
  .transform((text) => new Date(text).toISOString());
/** What a clock shows: hours, minutes, and seconds where they matter. */
export const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3])(:[0-5]\d){1,2}$/, 'not a time of day; write 07:30 or 22:00');
