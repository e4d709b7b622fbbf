import { z } from 'zod';

/** Names for users of the characters that a project name must not have. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufffd<>:"/\\|?*]/u;
/** A file's name has at most 255 bytes, and a project's database adds up to 31 to it. */
const MAX_NAME_BYTES = 220;

/** What the file name of a project's database has at its end where `<project>.db` belongs to the user. */
export const STAGING_SUFFIX = '_ai_predictions_temp';

/**
 * A project name: letters and marks of every script, digits, spaces, punctuation and symbols, at
 * most 100. It is never a path, and a file of that name is possible on every system. The same name
 * in another normal form is a different name: see {@link toProjectName}.
 */
export const projectName = z
  .string()
  .min(1, 'must not be empty')
  .max(100, 'must have at most 100 characters')
  .refine((name) => !FORBIDDEN.test(name), {
    error: ({ input }) => `must not have ${nameForbidden(String(input))}`,
  })
  .refine((name) => name !== '.' && name !== '..', 'must not be "." or ".."')
  .refine((name) => name.trim() === name, 'must not begin or end with a space')
  .refine(
    (name) => !name.toLowerCase().endsWith(STAGING_SUFFIX),
    `must not end with ${STAGING_SUFFIX}: it would share the database of another project`,
  )
  .refine(
    (name) => Buffer.byteLength(name) <= MAX_NAME_BYTES,
    `must have at most ${MAX_NAME_BYTES} bytes in UTF-8: its database is a file of that name`,
  );
export type ProjectName = z.infer<typeof projectName>;

/**
 * A name in the form that projects use, Unicode's composed form (NFC): macOS and some archives
 * store accents separately, and both forms mean the same project.
 */
export function toProjectName(name: string): string {
  return name.normalize('NFC');
}

function nameForbidden(name: string): string {
  const [found = ''] = FORBIDDEN.exec(name) ?? [];
  if (found === '\ufffd') return 'characters that cannot be read (its name is no UTF-8)';
  const code = found.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  if (/[\p{C}\p{Z}]/u.test(found)) return `the invisible character U+${code}`;
  return found === '"' ? 'a quotation mark' : `"${found}"`;
}

/** A run id is its UTC start and four random characters: `20260131T094500Z-k3x9`. */
export const runId = z
  .string()
  .regex(/^\d{8}T\d{6}Z-[a-z0-9]{4}$/, 'not the id of a run, as 20260131T094500Z-k3x9 is one');
export type RunId = z.infer<typeof runId>;
