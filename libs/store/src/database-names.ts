import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectName, STAGING_SUFFIX, toProjectName } from '@cullstream/contracts';

const ENDING = '.db';
const STAGED_ENDING = `${STAGING_SUFFIX}.db`;

/**
 * The file of that name in a folder, or the one whose name differs only in the encoding of accents: macOS
 * stores them as two characters, and copies of its files keep that.
 */
export function findNamedFile(folder: string, name: string): string {
  const path = join(folder, name);
  const isAscii = /^[\0-\x7f]*$/.test(name);
  if (isAscii || existsSync(path) || !existsSync(folder)) return path;
  const twin = readdirSync(folder).find((other) => toProjectName(other) === name);
  return twin === undefined ? path : join(folder, twin);
}

/** The project that the file name of a database belongs to; undefined for any other file name. */
export function projectOfDatabase(fileName: string): string | undefined {
  const ending = [STAGED_ENDING, ENDING].find((each) => fileName.endsWith(each));
  if (ending === undefined) return undefined;
  const project = toProjectName(fileName.slice(0, -ending.length));
  return projectName.safeParse(project).success ? project : undefined;
}
