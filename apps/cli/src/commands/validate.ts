import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigurationError, counted } from '@cullstream/contracts';
import {
  DATABASE_FOLDER,
  projectOfDatabase,
  validateDatabase,
  type Validation,
} from '@cullstream/store';
import type { ValidateSettings } from '../settings/database-settings.js';
import { countOf, describeValidations } from '../output/describe-validation.js';
import { openSources, type Sources } from '@cullstream/runs';
import type { CommandContext } from './command-context.js';

const EXIT = { sound: 0, warnings: 1, errors: 2 } as const;

/** Checks databases, cullstream's and the user's: exit 0 sound, 1 warnings, 2 errors. */
export async function validate(
  settings: ValidateSettings,
  { terminal }: CommandContext,
  paths: readonly string[],
): Promise<number> {
  const { originals, inventory } = settings;
  if (originals === undefined && inventory !== undefined) {
    throw new ConfigurationError([
      '--inventory: it names sources; say where they are: --originals',
    ]);
  }
  const targets = paths.length > 0 ? paths : [join(settings.data, ...DATABASE_FOLDER)];
  const files = targets.flatMap(listDatabases);
  const sources =
    originals === undefined ? undefined : await openSources({ originalsDir: originals, inventory });
  const validations: Validation[] = [];
  for (const path of files) validations.push(await validateOne(path, sources));
  const all = validations.flatMap(({ findings }) => findings);
  const errors = countOf(all, 'error');
  const warnings = countOf(all, 'warning');
  const unchecked = sources?.unchecked ?? [];
  for (const { project, message } of unchecked) {
    terminal.note(`${project}: its image names are not compared with the originals: ${message}`);
  }
  terminal.print(
    settings.json
      ? JSON.stringify({ databases: validations, errors, warnings, unchecked }, null, 2)
      : [
          describeValidations(validations),
          `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`,
        ].join('\n'),
  );
  if (errors > 0) return EXIT.errors;
  return warnings > 0 ? EXIT.warnings : EXIT.sound;
}

async function validateOne(path: string, sources: Sources | undefined): Promise<Validation> {
  const project = projectOfDatabase(basename(path));
  const sourceImages = project === undefined ? undefined : await sources?.imagesOf(project);
  return validateDatabase(path, sourceImages === undefined ? {} : { sourceImages });
}

function listDatabases(path: string): string[] {
  if (!existsSync(path)) {
    throw new ConfigurationError([
      `${path}: there is no such database or folder; name one, or the data folder with --data`,
    ]);
  }
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name.endsWith('.db') && !name.startsWith('.'))
    .sort()
    .map((name) => join(path, name));
}
