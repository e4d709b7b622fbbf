import {
  ConfigurationError,
  subjectOf,
  type EmbeddingRecipe,
  type ReplayRequest,
  describeEmbedding,
} from '@cullstream/contracts';
import { lastOf, streams, type Bus } from '@cullstream/bus';
import { readCompletedRuns, type RunProgress } from '@cullstream/store';
import { isInTime, type ReplayedTime } from './is-in-time.js';
import { listOwnDatabases, type OwnDatabase } from '@cullstream/versions';

type Selection = ReplayedTime & { readonly projects: readonly string[] | null };

/** The run of a project whose events are fed again. */
export interface ReplaySource {
  readonly database: OwnDatabase;
  readonly run: RunProgress;
}

/**
 * Says what is wrong with a request whatever the models, before any is looked for.
 * @throws {ConfigurationError} when no completed run fits, or a named project is not there
 */
export async function refuseNothing(dataDir: string, request: Selection): Promise<void> {
  const databases = await listOwnDatabases(dataDir);
  const { projects } = request;
  const wanted = databases.filter(({ project }) => projects?.includes(project) !== false);
  const problems = unknownProjects(request, databases);
  const fits = ({ path, project }: OwnDatabase) =>
    readCompletedRuns(path, project).some(({ progress }) => isInTime(progress, request));
  if (problems.length === 0 && wanted.some(fits)) return;
  problems.push(...wanted.map(({ project }) => `${project}: ${NO_RUN}`));
  throw nothingFits(problems, dataDir);
}

const NO_RUN = 'no completed run fits';
/** As many are named; the others are alike. */
const SHOWN = 10;

function nothingFits(problems: readonly string[], dataDir: string): ConfigurationError {
  // Where something is wrong, that is why.
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
  bus: Bus,
  dataDir: string,
  request: ReplayRequest,
  embedding: EmbeddingRecipe,
): Promise<ReplaySource[]> {
  const databases = await listOwnDatabases(dataDir);
  const problems = unknownProjects(request, databases);
  const sources: ReplaySource[] = [];
  for (const database of databases) {
    if (request.projects?.includes(database.project) === false) continue;
    const { fitting, problem } = fittingRuns(database, request, embedding);
    const run = await firstWithEvents(bus, database.project, fitting, request.from);
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
  return (projects ?? [])
    .filter((name) => !known.has(name))
    .map(
      (name) => `‹project›: no database of project "${name}"; there are: ${[...known].join(', ')}`,
    );
}

/** Runs over the images of the newest one that fits, newest first. */
function fittingRuns(
  { path, project }: OwnDatabase,
  request: ReplayRequest,
  embedding: EmbeddingRecipe,
): { fitting: RunProgress[]; problem?: string } {
  const inTime = readCompletedRuns(path, project).filter(({ progress }) =>
    isInTime(progress, request),
  );
  if (inTime.length === 0) return { fitting: [], problem: NO_RUN };
  // A predictor takes vectors of one recipe only. Where every image failed, there is no vector.
  const usable = inTime.filter(
    ({ recipe }) =>
      request.from === 'images' || recipe === null || recipe.embedding.id === embedding.id,
  );
  const newest = usable.at(-1)?.progress;
  if (newest === undefined) {
    const others = inTime.flatMap(({ recipe }) =>
      recipe ? [describeEmbedding(recipe.embedding)] : [],
    );
    return {
      fitting: [],
      problem:
        `its embeddings are of ${[...new Set(others)].join(', ')}, not of ${describeEmbedding(embedding)}; ` +
        'give that ‹embedder›, ‹preprocess›, ‹precision› and ‹activation›, or replay ‹from=images›',
    };
  }
  const fitting = usable
    .map(({ progress }) => progress)
    .filter(({ project: totals }) => totals.catalogue === newest.project.catalogue);
  return { fitting: fitting.reverse() };
}

async function firstWithEvents(
  bus: Bus,
  project: string,
  runs: readonly RunProgress[],
  from: ReplayRequest['from'],
): Promise<RunProgress | undefined> {
  for (const run of runs) {
    const last = await lastOf(bus, streams[from].name, subjectOf(from, run.run, project));
    if (last !== undefined) return run;
  }
  return runs[0];
}
