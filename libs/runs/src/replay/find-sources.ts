import {
  ConfigurationError,
  subjectOf,
  type EmbeddingRecipe,
  type ReplayRequest,
  describeEmbedding,
} from '@cullstream/contracts';
import { lastOf, streams, type Bus } from '@cullstream/bus';
import { readCompletedRuns, type RunProgress } from '@cullstream/store';
import { isInTime } from './is-in-time.js';
import { listOwnDatabases, type OwnDatabase } from '@cullstream/versions';

/** The run of a project whose events are fed again. */
export interface ReplaySource {
  readonly database: OwnDatabase;
  readonly run: RunProgress;
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
    throw new ConfigurationError([
      ...problems,
      // Where something is wrong, that is why.
      ...(problems.length === 0
        ? [`nothing to replay in ${dataDir}; \`cullstream run\` first`]
        : []),
    ]);
  }
  return sources.sort(
    (a, b) =>
      a.run.project.images - b.run.project.images ||
      (a.database.project < b.database.project ? -1 : 1),
  );
}

function unknownProjects({ projects }: ReplayRequest, databases: readonly OwnDatabase[]): string[] {
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
  if (inTime.length === 0) return { fitting: [], problem: 'no completed run fits' };
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
