import { randomBytes } from 'node:crypto';
import { newRunId } from '@cullstream/contracts';
import { lastPromotion, promoteVersion, undoPromotion } from '@cullstream/store';
import type { ProjectVersions } from './find-versions.js';

type Promoted = Awaited<ReturnType<typeof promoteVersion>>;
type Undone = Awaited<ReturnType<typeof undoPromotion>>;

/** What promoting a version changed in the database of a project. */
export type ProjectPromotion = Promoted & { readonly project: string; readonly database: string };

/** What undoing a promotion changed in the database of a project. */
export type UndonePromotion = Undone & {
  readonly project: string;
  readonly database: string;
  /** The version that had been promoted. */
  readonly version: string;
};

/**
 * Makes a version the current one in databases that Cullstream created, except in rows that the
 * user has changed.
 * @returns the id of the promotion, and what it changed in each database
 */
export async function promoteAll(
  version: string,
  projects: readonly ProjectVersions[],
): Promise<{ readonly promotion: string; readonly results: ProjectPromotion[] }> {
  const promotion = newRunId(new Date(), randomBytes(4));
  const results: ProjectPromotion[] = [];
  for (const { database } of projects) {
    const { project, path, name } = database;
    const result = await promoteVersion(path, { version, promotion, project });
    results.push({ project, database: name, ...result });
  }
  return { promotion, results };
}

/**
 * Undoes the newest promotion. Only databases that it had changed are written.
 * @returns the id of the promotion, or undefined if there is none, and what was changed in each
 * database
 */
export async function undoLastPromotion(
  projects: readonly ProjectVersions[],
): Promise<{ readonly undone: string | undefined; readonly results: UndonePromotion[] }> {
  const last = projects.flatMap(({ database }) => {
    const found = lastPromotion(database.path);
    return found === undefined ? [] : [{ database, ...found }];
  });
  const undone = last
    .map(({ promotion }) => promotion)
    .sort()
    .at(-1);
  const results: UndonePromotion[] = [];
  for (const { database, promotion, version } of last) {
    if (promotion !== undone) continue;
    const { project, path, name } = database;
    results.push({ project, database: name, version, ...(await undoPromotion(path, promotion)) });
  }
  return { undone, results };
}
