import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectName, toProjectName } from '@cullstream/contracts';

const ENDING = '.db';
const STAGED_ENDING = '_ai_predictions_temp.db';

/**
 * The file of that name in a folder, or the one whose name differs in nothing but how accents are
 * encoded: macOS takes them apart, and copies of its files keep that.
 */
export function findNamedFile(folder: string, name: string): string {
  const path = join(folder, name);
  const isAscii = /^[\0-\x7f]*$/.test(name);
  if (isAscii || existsSync(path) || !existsSync(folder)) return path;
  const twin = readdirSync(folder).find((other) => toProjectName(other) === name);
  return twin === undefined ? path : join(folder, twin);
}

/** The project that a database's file name belongs to; undefined where it is the name of none. */
export function projectOfDatabase(fileName: string): string | undefined {
  const ending = [STAGED_ENDING, ENDING].find((each) => fileName.endsWith(each));
  if (ending === undefined) return undefined;
  const project = toProjectName(fileName.slice(0, -ending.length));
  return projectName.safeParse(project).success ? project : undefined;
}
