import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { projectName, STAGING_SUFFIX, toProjectName } from '@cullstream/contracts';
import { isCullstreamDatabase } from './application-id.js';
import { DatabaseError, withTranslatedErrors } from './database-error.js';
import { findNamedFile } from './database-names.js';

/** Folder of the project databases below the data folder. */
export const DATABASE_FOLDER = ['training', 'ai_training_decisions'] as const;

/** Whose a database file is, if it exists. Files of the user are never written. */
export type DatabaseOwner = 'nobody' | 'cullstream' | 'user';

/** Where the predictions of a project are stored, and which files exist already. */
export interface DatabaseLocation {
  /** The user's name for it: `<project>.db`. */
  readonly main: { readonly path: string; readonly owner: DatabaseOwner };
  /** `<project>_ai_predictions_temp.db`. */
  readonly staging: { readonly path: string; readonly owner: DatabaseOwner };
  /** The one of the two that cullstream writes. */
  readonly target: string;
  /** Below the data folder, with `/`. */
  readonly targetName: string;
  readonly staged: boolean;
  readonly targetExists: boolean;
}

/**
 * Finds out where a project's database is or will be. Opens and creates nothing.
 * @throws {DatabaseError} if a file exists that cannot be read.
 */
export function locateDatabase(dataDir: string, project: string): DatabaseLocation {
  const name = projectName.parse(toProjectName(project));
  const folder = join(dataDir, ...DATABASE_FOLDER);
  const main = ownedFile(folder, `${name}.db`);
  const staging = ownedFile(folder, `${name}${STAGING_SUFFIX}.db`);
  const staged = main.owner === 'user';
  const target = staged ? staging : main;
  return {
    main,
    staging,
    staged,
    target: target.path,
    targetName: [...DATABASE_FOLDER, basename(target.path)].join('/'),
    targetExists: target.owner !== 'nobody',
  };
}

/** @throws {DatabaseError} if the file to be written was not created by cullstream. */
export function refuseForeignTarget(location: DatabaseLocation): void {
  if (location.staged && location.staging.owner === 'user') {
    throw new DatabaseError(
      'not-ours',
      location.target,
      `${location.target} was not written by cullstream and is left alone; ` +
        'move it away or rename it, then run again',
    );
  }
}

function ownedFile(folder: string, name: string): { path: string; owner: DatabaseOwner } {
  return withTranslatedErrors('read', join(folder, name), () => {
    const path = findNamedFile(folder, name);
    if (!existsSync(path)) return { path, owner: 'nobody' };
    return { path, owner: isCullstreamDatabase(path) ? 'cullstream' : 'user' };
  });
}
