import {
  ConfigurationError,
  type EmbeddingRecipe,
  type ReplayRequest,
  type RunId,
} from '@cullstream/contracts';
import { suggestName } from '@cullstream/runtime';
import { readCompletedRuns, type RunProgress } from '@cullstream/store';
import { describeNoFit, findFittingRuns } from './find-fitting-runs.js';
import { isInTime, type ReplayedTime } from './is-in-time.js';
import { listOwnDatabases, type OwnDatabase } from '@cullstream/versions';

type Selection = ReplayedTime & { readonly projects: readonly string[] | null };

/** The run of a project whose events are fed again. */
export interface ReplaySource {
  readonly database: OwnDatabase;
  readonly run: RunProgress;
}

/** Whether the stream still holds events of a run of a project. */
export type HasEvents = (run: RunId, project: string) => Promise<boolean>;

/**
 * Says what is wrong with a request whatever the models, before any is looked for.
 * @throws {ConfigurationError} when no completed run fits, or a named project is not there
 */
export async function validateReplayRequest(dataDir: string, request: Selection): Promise<void> {
  const databases = await listOwnDatabases(dataDir);
  const { projects } = request;
  const wanted = databases.filter(({ project }) => projects?.includes(project) !== false);
  const problems = unknownProjects(request, databases);
  const readRunsOf = ({ path, project }: OwnDatabase) =>
    readCompletedRuns(path, project).map(({ progress }) => progress);
  const fits = (database: OwnDatabase) =>
    readRunsOf(database).some((run) => isInTime(run, request));
  if (problems.length === 0 && wanted.some(fits)) return;
  problems.push(
    ...wanted.map((database) => `${database.project}: ${describeNoFit(readRunsOf(database))}`),
  );
  throw nothingFits(problems, dataDir);
}

/** How many are named. */
const SHOWN = 10;

function nothingFits(problems: readonly string[], dataDir: string): ConfigurationError {
  // The reason why nothing fits.
  if (problems.length === 0) {
    return new ConfigurationError([`nothing to replay in ${dataDir}; \`cullstream run\` first`]);
  }
  const more = problems.length - SHOWN;
  return new ConfigurationError([
    ...problems.slice(0, SHOWN),
    ...(more > 0 ? [`and ${more} more of this kind`] : []),
  ]);
}

/**
 * What a request selects: of each project the newest completed run that fits, smallest project
 * first. Among runs over the same images the newest that still has events is taken.
 * @throws {ConfigurationError} when nothing fits, with why for each project
 */
export async function findSources(
  dataDir: string,
  request: ReplayRequest,
  embedding: EmbeddingRecipe,
  hasEvents: HasEvents,
): Promise<ReplaySource[]> {
  const databases = await listOwnDatabases(dataDir);
  const problems = unknownProjects(request, databases);
  const sources: ReplaySource[] = [];
  for (const database of databases) {
    if (request.projects?.includes(database.project) === false) continue;
    const { fitting, problem } = findFittingRuns(database, request, embedding);
    const run = await firstWithEvents(database.project, fitting, hasEvents);
    if (run !== undefined) sources.push({ database, run });
    else if (problem !== undefined) problems.push(`${database.project}: ${problem}`);
  }
  if (sources.length === 0 || (request.projects !== null && problems.length > 0)) {
    throw nothingFits(problems, dataDir);
  }
  return sources.sort(
    (a, b) =>
      a.run.project.images - b.run.project.images ||
      (a.database.project < b.database.project ? -1 : 1),
  );
}

function unknownProjects({ projects }: Selection, databases: readonly OwnDatabase[]): string[] {
  const known = new Set(databases.map(({ project }) => project));
  // Where there are none, that is what is said.
  if (known.size === 0) return [];
  return (projects ?? [])
    .filter((name) => !known.has(name))
    .map((name) => `‹project›: no database of project "${name}"${suggestName(name, [...known])}`);
}

async function firstWithEvents(
  project: string,
  runs: readonly RunProgress[],
  hasEvents: HasEvents,
): Promise<RunProgress | undefined> {
  for (const run of runs) if (await hasEvents(run.run, project)) return run;
  return runs[0];
}
