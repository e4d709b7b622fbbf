import { readdir } from 'node:fs/promises';
import {
  checkDone,
  loadInventory,
  readCatalogue,
  selectProjects,
  type KnownProject,
  type ProjectSource,
} from '@cullstream/catalog';
import { errorMessage } from '@cullstream/files';
import type { Logger } from '@cullstream/runtime';
import { locateDatabase } from '@cullstream/store';
import { loadKnownProjects } from '../run/known-projects.js';
import { toProjectName } from '@cullstream/contracts';
import type { VerifySettings } from '../settings/database-settings.js';

/** What the sources hold today. */
export interface CurrentCatalogues {
  readonly byProject: ReadonlyMap<string, { readonly digest: string; readonly images: number }>;
  /** Sources of which nothing can be said, and work that should be there and is not. */
  readonly gaps: readonly string[];
}

/**
 * Catalogues every source anew, where the originals were given. One that cannot be read is a gap: the
 * others are compared all the same. So is what earlier runs or the inventory say there should be.
 * @throws {ConfigurationError} for an unusable inventory, names that no source has or that contradict
 *   what the data folder knows, or originals without any project
 */
export async function readCatalogues(
  settings: VerifySettings,
  log: Logger,
): Promise<CurrentCatalogues> {
  const { originals, data: dataDir } = settings;
  const byProject = new Map<string, { digest: string; images: number }>();
  const known = await loadKnownProjects(dataDir, log);
  if (originals === undefined) {
    const undone = undoneGaps(dataDir, await doneInInventory(settings));
    return { byProject, gaps: [...undone, ...lostGaps(known, byProject, settings)] };
  }
  const isThere = await readdir(originals).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    const gap = `the originals cannot be compared: ${originals} cannot be read; is their disk connected?`;
    return { byProject, gaps: [gap, ...lostGaps(known, byProject, settings)] };
  }
  const memory = { dataDir, known };
  const selection = await selectProjects({ ...settings, originalsDir: originals, memory });
  const gaps = [
    ...selection.rejected.map(({ source, message }) => `${source}: ${message}`),
    ...selection.missing.map(({ name, message }) => `${name}: ${message}`),
    ...undoneGaps(dataDir, selection.done),
  ];
  const options = { ...settings, originalsDir: originals, dataDir };
  for (const project of selection.projects) {
    try {
      const { totals } = await readCatalogue(project, options);
      byProject.set(project.name, { digest: totals.catalogue, images: totals.images });
    } catch (error) {
      gaps.push(`${project.name}: its source cannot be compared: ${errorMessage(error)}`);
    }
  }
  return { byProject, gaps: [...gaps, ...lostGaps(known, byProject, settings)] };
}

async function doneInInventory({ inventory, only }: VerifySettings): Promise<ProjectSource[]> {
  if (inventory === undefined) return [];
  return (await loadInventory(inventory))
    .filter(({ status, project }) => status === 'done' && only?.includes(project) !== false)
    .map(({ project: name, source }) => ({ name: toProjectName(name), source }));
}

/** Work that the inventory says is done, and that is not there. */
function undoneGaps(dataDir: string, done: readonly ProjectSource[]): string[] {
  return done
    .map((project) => checkDone(dataDir, project))
    .filter(({ isDone }) => !isDone)
    .map(({ name, message }) => `${name}: ${message}`);
}

/** Projects of earlier runs whose database, or whose images, are gone. */
function lostGaps(
  known: readonly KnownProject[],
  byProject: CurrentCatalogues['byProject'],
  { data, only }: VerifySettings,
): string[] {
  return known
    .filter(({ name, images }) => images > 0 && only?.includes(name) !== false)
    .flatMap(({ name, images }) => {
      const now = byProject.get(name)?.images;
      if (now === 0)
        return [`${name}: ${images} images in earlier runs, and its source holds none`];
      const isLost = now === undefined && isWithoutDatabase(data, name);
      return isLost ? [`${name}: ${images} images in earlier runs, and no database now`] : [];
    });
}

function isWithoutDatabase(dataDir: string, project: string): boolean {
  try {
    return locateDatabase(dataDir, project).main.owner === 'nobody';
  } catch {
    // There is a file; what is wrong with it is said with its project.
    return false;
  }
}
