import {
  checkDone,
  loadInventory,
  readCatalogue,
  selectProjects,
  withSourceContent,
  type KnownProject,
  type ProjectSource,
} from '@cullstream/catalog';
import { counted, toProjectName, type RejectedSource } from '@cullstream/contracts';
import { errorMessage } from '@cullstream/files';
import { openOriginals } from '@cullstream/imaging/archive';
import type { Logger } from '@cullstream/runtime';
import { locateDatabase } from '@cullstream/store';
import { loadKnownProjects } from '../plan/known-projects.js';
import type { VerifyOptions } from '../options.js';
import type { AcceptedGap, AcceptedProjects } from './accepted-projects.js';

/** What the sources hold today. */
export interface CurrentCatalogues {
  readonly byProject: ReadonlyMap<string, { readonly digest: string; readonly images: number }>;
  /** Sources of which nothing can be said, and work that should be there and is not. */
  readonly gaps: readonly string[];
  /** The same, where somebody has taken note of it. */
  readonly accepted: readonly AcceptedGap[];
}

/**
 * Catalogues every source anew, where the originals were given. One that cannot be read is a gap: the
 * others are compared all the same. So is what earlier runs or the inventory say there should be.
 * @throws {ConfigurationError} for an unusable inventory, names that no source has or that contradict
 *   what the data folder knows, or originals without any project
 */
export async function readCatalogues(
  settings: VerifyOptions,
  acceptedProjects: AcceptedProjects,
  log: Logger,
): Promise<CurrentCatalogues> {
  const { originals, data: dataDir } = settings;
  const byProject = new Map<string, { digest: string; images: number }>();
  const known = await loadKnownProjects(dataDir, log);
  if (originals === undefined) {
    const undone = undoneGaps(dataDir, await doneInInventory(settings));
    return split([...undone, ...lostGaps(known, byProject, settings)], byProject, acceptedProjects);
  }
  const place = openOriginals(originals);
  const problem = await place.list('').then(
    () => undefined,
    (error: unknown) => place.describe(error),
  );
  if (problem !== undefined) {
    const gap = `the originals cannot be compared: ${problem}`;
    const lost = split(lostGaps(known, byProject, settings), byProject, acceptedProjects);
    return { ...lost, gaps: [gap, ...lost.gaps] };
  }
  const memory = { dataDir, known };
  const selection = await selectProjects({ ...settings, originalsDir: originals, memory });
  const unusable = [...selection.rejected, ...selection.missing];
  const gaps = [
    ...(await Promise.all(unusable.map((source) => ofSource(source, originals)))),
    ...undoneGaps(dataDir, selection.done),
  ];
  const options = { ...settings, originalsDir: originals, dataDir };
  for (const project of selection.projects) {
    try {
      const { totals } = await readCatalogue(project, options);
      byProject.set(project.name, { digest: totals.catalogue, images: totals.images });
    } catch (error) {
      const message = errorMessage(error);
      const gap = `its source cannot be compared: ${message}`;
      gaps.push({ ...(await ofSource({ ...project, message }, originals)), gap });
    }
  }
  const all = [...gaps, ...lostGaps(known, byProject, settings)];
  return split(all, byProject, acceptedProjects);
}

interface SourceGap {
  readonly project: string;
  readonly gap: string;
  /** As a run would reject it today. */
  readonly source?: RejectedSource;
}

async function ofSource(source: RejectedSource, originalsDir: string): Promise<SourceGap> {
  const { name: project, message: gap } = source;
  return { project, gap, source: await withSourceContent(source, originalsDir) };
}

/** Tells what somebody has taken note of from what is left to do. */
function split(
  all: readonly SourceGap[],
  byProject: CurrentCatalogues['byProject'],
  { ofSource: find, ofProject }: AcceptedProjects,
): CurrentCatalogues {
  const gaps: string[] = [];
  const accepted: AcceptedGap[] = [];
  for (const { project, gap, source } of all) {
    const found = source === undefined ? ofProject(project) : find(source);
    if (found === undefined) gaps.push(`${project}: ${gap}`);
    else accepted.push({ project, gap, why: found.why });
  }
  return { byProject, gaps, accepted };
}

async function doneInInventory({ inventory, only }: VerifyOptions): Promise<ProjectSource[]> {
  if (inventory === undefined) return [];
  return (await loadInventory(inventory))
    .filter(({ status }) => status === 'done')
    .map(({ project, source }) => ({ name: toProjectName(project), source }))
    .filter(({ name }) => only?.includes(name) !== false);
}

/** Work that the inventory says is done, and that is not there. */
function undoneGaps(dataDir: string, done: readonly ProjectSource[]): SourceGap[] {
  return done
    .map((project) => checkDone(dataDir, project))
    .filter(({ isDone }) => !isDone)
    .map(({ name: project, message: gap }) => ({ project, gap }));
}

/** Projects of earlier runs whose database, or whose images, are gone. */
function lostGaps(
  known: readonly KnownProject[],
  byProject: CurrentCatalogues['byProject'],
  { data, only }: VerifyOptions,
): SourceGap[] {
  return known
    .filter(({ name, images }) => images > 0 && only?.includes(name) !== false)
    .flatMap(({ name, images }) => {
      const now = byProject.get(name)?.images;
      const before = `${counted(images, 'image')} known of earlier runs`;
      if (now === 0) return [{ project: name, gap: `${before}, and its source holds none` }];
      if (now !== undefined || !isWithoutDatabase(data, name)) return [];
      // A run that was cancelled before it came to a project leaves none either.
      return [{ project: name, gap: `${before}, and no database; \`cullstream run\` makes it` }];
    });
}

function isWithoutDatabase(dataDir: string, project: string): boolean {
  try {
    return locateDatabase(dataDir, project).main.owner === 'nobody';
  } catch {
    // There is a file; its faults are reported with its project.
    return false;
  }
}
