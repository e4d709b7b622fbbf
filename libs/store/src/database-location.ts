import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectName } from '@cullstream/contracts';
import { isCullstreamDatabase } from './application-id.js';
import { DatabaseError, translatingErrors } from './database-error.js';

/** Folder of the project databases below the data folder. */
export const DATABASE_FOLDER = ['training', 'ai_training_decisions'] as const;

/** A file that may be there: whose it is decides whether it is ever written. */
export type DatabaseOwner = 'nobody' | 'cullstream' | 'user';

/** Where the predictions of a project go, and what is there already. */
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
 * Looks where a project's database is or will be. Opens and creates nothing.
 * @throws {DatabaseError} when a file is there that cannot be read.
 */
export function locateDatabase(dataDir: string, project: string): DatabaseLocation {
  const name = projectName.parse(project);
  const mainName = [...DATABASE_FOLDER, `${name}.db`];
  const stagingName = [...DATABASE_FOLDER, `${name}_ai_predictions_temp.db`];
  const main = ownedFile(join(dataDir, ...mainName));
  const staging = ownedFile(join(dataDir, ...stagingName));
  const staged = main.owner === 'user';
  return {
    main,
    staging,
    staged,
    target: staged ? staging.path : main.path,
    targetName: (staged ? stagingName : mainName).join('/'),
    targetExists: (staged ? staging : main).owner !== 'nobody',
  };
}

/** @throws {DatabaseError} where the file to be written belongs to somebody else. */
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

function ownedFile(path: string): { path: string; owner: DatabaseOwner } {
  return translatingErrors('read', path, () => {
    if (!existsSync(path)) return { path, owner: 'nobody' };
    return { path, owner: isCullstreamDatabase(path) ? 'cullstream' : 'user' };
  });
}
