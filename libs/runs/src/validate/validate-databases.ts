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
 * @throws {ConfigurationError} for a path that is not there
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
  const targets = paths.length > 0 ? paths : [join(data, ...DATABASE_FOLDER)];
  if (paths.length === 0 && !targets.every((target) => existsSync(target))) {
    throw new ConfigurationError([
      `${data} has no databases yet: \`cullstream run\` makes them; name others, or their folder, ` +
        'or another data folder with ‹data›',
    ]);
  }
  const files = targets.flatMap(listDatabases);
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

function listDatabases(path: string): string[] {
  if (!existsSync(path)) {
    throw new ConfigurationError([
      `${path}: there is no such database or folder; name one, or the data folder with ‹data›`,
    ]);
  }
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name.endsWith('.db') && !name.startsWith('.'))
    .sort()
    .map((name) => join(path, name));
}
