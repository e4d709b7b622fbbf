import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import {
  DATABASE_FOLDER,
  projectOfDatabase,
  validateDatabase,
  type Validation,
} from '@cullstream/store';
import { openSources, type Sources } from './open-sources.js';

export interface ValidateOptions {
  readonly data: string;
  /** Rows that name images which no source holds are found where they are given. */
  readonly originals?: string | undefined;
  readonly inventory?: string | undefined;
}

export interface ValidatedDatabases {
  readonly validations: readonly Validation[];
  /** Projects whose image names could not be compared with the originals, and why. */
  readonly unchecked: Sources['unchecked'];
}

/**
 * Checks databases, cullstream's and the user's.
 * @param paths databases, or folders of them; those of the data folder where there are none
 * @throws {ConfigurationError} for a path that is not there, or a folder without any
 */
export async function validateDatabases(
  { data, originals, inventory }: ValidateOptions,
  paths: readonly string[],
): Promise<ValidatedDatabases> {
  if (originals === undefined && inventory !== undefined) {
    throw new ConfigurationError([
      '‹inventory›: it names sources; say where they are: ‹originals›',
    ]);
  }
  const files = paths.length > 0 ? paths.flatMap(listNamed) : listOwn(data);
  const sources =
    originals === undefined ? undefined : await openSources({ originalsDir: originals, inventory });
  const validations: Validation[] = [];
  for (const path of files) validations.push(await validateOne(path, sources));
  return { validations, unchecked: sources?.unchecked ?? [] };
}

async function validateOne(path: string, sources: Sources | undefined): Promise<Validation> {
  const project = projectOfDatabase(basename(path));
  const sourceImages = project === undefined ? undefined : await sources?.readImages(project);
  return validateDatabase(path, sourceImages === undefined ? {} : { sourceImages });
}

function listOwn(data: string): string[] {
  const folder = join(data, ...DATABASE_FOLDER);
  const files = existsSync(folder) ? listDatabases(folder) : [];
  if (files.length > 0) return files;
  throw new ConfigurationError([
    `${data} has no databases yet: \`cullstream run\` makes them; name others, or their folder, ` +
      'or another data folder with ‹data›',
  ]);
}

function listNamed(path: string): string[] {
  if (!existsSync(path)) {
    throw new ConfigurationError([
      `${path}: there is no such database or folder; name one, or the data folder with ‹data›`,
    ]);
  }
  if (!statSync(path).isDirectory()) return [path];
  const files = listDatabases(path);
  if (files.length > 0) return files;
  throw new ConfigurationError([
    `${path}: there are no databases in this folder; name them, or the data folder with ‹data›`,
  ]);
}

function listDatabases(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.db') && !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name));
}
