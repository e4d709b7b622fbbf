import { toProjectName, toVectorsChoice, vectorFormChoices } from '@cullstream/contracts';
import { z } from 'zod';

/**
 * A comma-separated list on the command line, a list or such a text in a settings file. A comma in a
 * name is written `\,`. Names are what projects are called: in Unicode's composed form.
 */
export const nameList = z
  .union([z.string(), z.array(z.string())], {
    error: 'expected names; in a file put one that is also a number or a date in quotes: "2025"',
  })
  .transform((value) => (typeof value === 'string' ? splitAtCommas(value) : value))
  .transform((list) => list.map((name) => toProjectName(name.trim())).filter((name) => name !== ''))
  .refine((list) => list.length > 0, 'expected at least one name');

/** Path of a file or folder on a disk. Addresses would be taken for folders of the working folder. */
export const localPath = z
  .string()
  .min(1)
  .refine(
    (path) => !/^[a-z][a-z\d+.-]+:\/\//i.test(path),
    'expected a path on a disk, not an address',
  );

function splitAtCommas(text: string): string[] {
  return text.split(/(?<!\\),/).map((name) => name.replaceAll('\\,', ','));
}

/** Converts a decimal number; any other text stays as it is and is refused later. */
function toNumber(value: unknown): unknown {
  const isNumber = typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value.trim());
  return isNumber ? Number(value) : value;
}

/** A whole number within limits, both included. */
export function integerWithin({
  min,
  max = 1_000_000_000,
}: {
  readonly min: number;
  readonly max?: number;
}) {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.preprocess(
    toNumber,
    z.number({ error }).int({ error }).min(min, { error }).max(max, { error }),
  );
}

/** A number above zero, whole or not. */
export const positiveNumber = z.preprocess(
  toNumber,
  z.number({ error: 'expected a number above 0' }).positive({ error: 'expected a number above 0' }),
);
/** A share of a whole. */
export const share = z.preprocess(
  toNumber,
  z
    .number({ error: 'expected a number from 0 to 1' })
    .min(0, { error: 'expected a number from 0 to 1' })
    .max(1, { error: 'expected a number from 0 to 1' }),
);
/** A whole number above zero. */
export const positiveInteger = integerWithin({ min: 1 });
/** On or off; in the environment also as text. */
export const onOrOff = z.union([z.boolean(), z.stringbool()]);
const zoned = { local: true, offset: true } as const;
const isoTime = z.union([
  z.iso.date(),
  z.iso.datetime(zoned),
  z.iso.datetime({ ...zoned, precision: -1 }),
]);
const NOT_A_TIME =
  'not a time; write 2026-01-31 or 2026-01-31 09:45 (UTC), or with a zone 2026-01-31T09:45+02:00';
/**
 * A date or a time in ISO 8601, also with a space for the `T`, as tables print it; UTC unless it has a zone.
 * Settings hold ISO 8601 with milliseconds, UTC.
 */
export const pointInTime = z.string().transform((text, context) => {
  const written = text.trim().replace(/ UTC$/, 'Z').replace(' ', 'T');
  if (!isoTime.safeParse(written).success) {
    context.addIssue(NOT_A_TIME);
    return z.NEVER;
  }
  const isUtc = written.includes('T') && !/(Z|[+-]\d\d:\d\d)$/.test(written);
  return new Date(isUtc ? `${written}Z` : written).toISOString();
});
/** A time of day: hours, minutes, and optionally seconds. */
export const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3])(:[0-5]\d){1,2}$/, 'not a time of day; write 07:30 or 22:00');
/** How new embeddings are stored, or the address of the bucket that they are in. */
export const vectorsChoice = z
  .string()
  .refine(
    (text) => toVectorsChoice(text) !== undefined,
    `expected ${vectorFormChoices.join(', ')} or s3://bucket/prefix`,
  );
