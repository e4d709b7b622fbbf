import { basename } from 'node:path';
import type { Bus } from '@cullstream/bus';
import { openRunRecords } from '@cullstream/runtime';
import { setDatabaseAside } from '@cullstream/store';
import { folderId } from '../open/folder-id.js';
import type { Gap, VerifiedProject } from './gap.js';

/** A database that was damaged, and the name it is kept under. */
export interface SetAside {
  readonly from: string;
  readonly to: string;
}

/**
 * What makes damaged databases anew: all images of the newest run of each project that the broker
 * still knows.
 */
export async function planRebuilding(
  bus: Bus,
  damaged: readonly VerifiedProject[],
  dataDir: string,
): Promise<{ readonly gaps: readonly Gap[]; readonly problems: readonly string[] }> {
  if (damaged.length === 0) return { gaps: [], problems: [] };
  const folder = await folderId(dataDir);
  const stored = await openRunRecords(bus);
  const heads = [...(await stored.list()).values()]
    .filter((head) => head.folder === undefined || head.folder === folder)
    .toSorted((a, b) => (a.run < b.run ? 1 : -1));
  const loaded = await Promise.all(heads.map(({ run }) => stored.load(run)));
  const records = loaded.filter((record) => record !== undefined);
  const gaps: Gap[] = [];
  const problems: string[] = [];
  for (const { database } of damaged) {
    const newest = records
      .map(({ run, recipe, projects }) => {
        const planned = projects.find(({ project }) => project.name === database.project);
        return planned && { run, recipeId: recipe.id, project: planned.project };
      })
      .find((found) => found !== undefined);
    if (newest === undefined) {
      problems.push(
        `${database.project}: no run of it is known any more; \`cullstream run\` makes its database anew`,
      );
      continue;
    }
    const { images } = newest.project;
    gaps.push({
      ...newest,
      database,
      sequences: new Set(Array.from({ length: images }, (_unused, sequence) => sequence)),
    });
  }
  return { gaps, problems };
}

/** Renames damaged databases, so that new ones can take their names. */
export function setAsideDamaged(damaged: readonly VerifiedProject[], now: Date): SetAside[] {
  return damaged.map(({ database }) => ({
    from: database.name,
    to: basename(setDatabaseAside(database.path, now)),
  }));
}
