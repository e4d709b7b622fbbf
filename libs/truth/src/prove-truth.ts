import { existsSync, realpathSync } from 'node:fs';
import { ConfigurationError } from '@cullstream/contracts';
import { errorMessage } from '@cullstream/files';
import { openOriginals, requireOriginals } from '@cullstream/imaging/archive';
import { lockData, requireAnswers, requireDataFolder } from '@cullstream/runtime';
import {
  listDatabaseProjects,
  locateDatabase,
  openTruthDatabase,
  type GroundTruth,
} from '@cullstream/store';
import { findFinals } from './finals/find-finals.js';
import { listFinals } from './finals/list-finals.js';
import { startLocateThreads, type LocateThreads } from './locate/locate-threads.js';
import { auditProject } from './project/audit-rows.js';
import { proveProject, type AmbiguityRule } from './project/prove-project.js';
import { readGroups } from './project/read-groups.js';
import { toProjectTruth, type ProjectTruth } from './project/project-truth.js';
import { createTruthStore } from './project/truth-store.js';

export interface TruthOptions {
  readonly data: string;
  readonly originals: string;
  /** Folder with a folder or archive of finished images for each project. */
  readonly finals: string;
  readonly inventory?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly takeOver?: boolean | undefined;
  readonly ambiguous: AmbiguityRule;
  /** Ends the work between two groups; what was found is stored. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TruthProgress) => void;
}

export interface TruthProgress {
  readonly project: string;
  /** Number of finished images that have been compared; `total` is the number of all. */
  readonly done: number;
  readonly total: number;
}

export interface FailedProject {
  readonly project_id: string;
  readonly message: string;
}

export interface ProvenTruth {
  readonly projects: readonly ProjectTruth[];
  readonly failed: readonly FailedProject[];
  /** Projects without finished images: their truth is not known. */
  readonly withoutFinals: readonly string[];
  /** Folders and archives of finished images that belong to no project. */
  readonly unknownFinals: readonly string[];
  readonly isInterrupted: boolean;
}

/**
 * Finds what a person chose and cropped, from the finished images, and stores it in the databases that
 * cullstream created. Originals and finished images are only read. If a project fails, the others continue.
 * Images whose result is stored and that have not changed are not compared again.
 * @throws {ConfigurationError} for unusable options, and if another cullstream works in the data folder
 */
export async function proveTruth(options: TruthOptions): Promise<ProvenTruth> {
  const { data, originals, finals, inventory, signal } = options;
  requireDataFolder(data);
  await requireAnswers({ originals });
  const place = openOriginals(originals);
  await requireOriginals(place);
  if (existsSync(finals) && realpathSync(finals) === (await place.resolve(''))) {
    throw new ConfigurationError([
      `‹finals›: ${finals} is the folder of the originals; the finished images must be in one of their own`,
    ]);
  }
  const projects = chooseProjects(data, options.only);
  const sources = await findFinals(finals, projects, inventory);
  if (sources.byProject.size === 0) throw toNoFinalsError(finals, projects);
  const lock = await lockData(options);
  const threads = startLocateThreads({ originalsDir: originals, finalsDir: finals });
  const proven: ProjectTruth[] = [];
  const failed: FailedProject[] = [];
  try {
    for (const [project, candidates] of sources.byProject) {
      if (signal.aborted) break;
      try {
        proven.push(await proveOne(project, candidates, { ...options, threads }));
      } catch (error) {
        failed.push({ project_id: project, message: errorMessage(error) });
      }
    }
  } finally {
    await threads.close();
    await lock.release();
  }
  return {
    projects: proven,
    failed,
    withoutFinals: projects.filter((project) => !sources.byProject.has(project)),
    unknownFinals: options.only === undefined ? sources.unknown : [],
    isInterrupted: signal.aborted,
  };
}

function chooseProjects(data: string, only: readonly string[] | undefined): string[] {
  const known = listDatabaseProjects(data);
  if (known.length === 0) {
    throw new ConfigurationError([
      `‹data›: ${data} has no databases yet; \`cullstream run\` makes them`,
    ]);
  }
  const unknown = (only ?? []).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new ConfigurationError(
      unknown.map((name) => `‹only›: there is no database of project "${name}" in ${data}`),
    );
  }
  return known.filter((project) => only?.includes(project) !== false);
}

function toNoFinalsError(finals: string, projects: readonly string[]): ConfigurationError {
  const [example = 'PROJECT'] = projects;
  return new ConfigurationError([
    `‹finals›: ${finals} holds finished images of no project; they are expected in a folder or archive ` +
      `named after the project (${example}, ${example}.zip or ${example}_final.zip), or where ‹inventory› ` +
      'says with `finals:`',
  ]);
}

interface Work extends TruthOptions {
  readonly threads: LocateThreads;
}

async function proveOne(
  project: string,
  candidates: readonly string[],
  work: Work,
): Promise<ProjectTruth> {
  const [source = '', ...others] = candidates;
  if (others.length > 0) {
    throw new Error(
      `${candidates.join(' and ')} are both there; keep one, or say which with \`finals:\` in an inventory`,
    );
  }
  const finals = await listFinals(work.finals, { project, source });
  const location = locateDatabase(work.data, project);
  const groups = readGroups(location, project);
  const database = location.targetExists ? await openTruthDatabase(location.target) : undefined;
  try {
    const known = database?.read() ?? new Map<string, GroundTruth>();
    const store = createTruthStore(database, known, groups.unfilled);
    const proven = await proveProject({
      groups: groups.groups,
      ungrouped: groups.ungrouped,
      finals,
      known,
      ambiguity: work.ambiguous,
      threads: work.threads,
      signal: work.signal,
      onFound: (truth) => store.add(truth),
      onProgress: (done, total) => work.onProgress({ project, done, total }),
    });
    store.finish([
      ...proven.ambiguous.map(({ groupId }) => groupId),
      ...proven.failures.map(({ group_id: groupId }) => groupId),
    ]);
    return {
      ...toProjectTruth({ project, source, proven }),
      database: database === undefined ? null : location.targetName,
      audit: auditProject(groups, known, proven),
    };
  } finally {
    database?.close();
  }
}
