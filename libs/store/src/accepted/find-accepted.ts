import { TransientError, type RunRecord } from '@cullstream/contracts';
import { locateDatabase } from '../database-location.js';
import { findCompletedRun, readRuns } from '../project-state.js';
import type { RunProgress } from '../run-progress.js';
import { readFailedGroups, readFailures, type StoredFailure } from '../stored-failures.js';
import type { Acceptance, Acceptances } from './acceptance.js';
import { identifyImage } from './identify-failure.js';

/** The accepted failures of a project in a run. */
export interface AcceptedInProject {
  readonly images: number;
  /** Groups that failed only because of images that were accepted. */
  readonly groups: number;
  readonly byImage: ReadonlyMap<string, Acceptance>;
}

export interface FoundAcceptances {
  readonly projects: ReadonlyMap<string, AcceptedInProject>;
  /** Messages about databases that could not be read: none of their failures counts as accepted. */
  readonly problems: readonly string[];
  /** One of these problems that may pass, as an I/O error. */
  readonly passing: TransientError | undefined;
}

/** Compares the failures of a run in the databases, including earlier ones, with the accepted failures. */
export function findAccepted(
  dataDir: string,
  record: Pick<RunRecord, 'run' | 'recipe' | 'projects' | 'skipped'>,
  acceptances: Acceptances,
): FoundAcceptances {
  const projects = new Map<string, AcceptedInProject>();
  const problems: string[] = [];
  let passing: TransientError | undefined;
  const look = (
    name: string,
    findRun: (runs: readonly RunProgress[]) => RunProgress | undefined,
  ) => {
    if (!acceptances.concern(name)) return;
    try {
      const { target, targetExists } = locateDatabase(dataDir, name);
      const run = targetExists ? findRun(readRuns(target, name)) : undefined;
      if (run === undefined || run.counts.failed === 0) return;
      projects.set(name, inDatabase(target, name, run.run, acceptances));
    } catch (error) {
      if (error instanceof TransientError) passing = error;
      const reason = error instanceof Error ? error.message : String(error);
      problems.push(`${name}: what was accepted cannot be compared: ${reason}`);
    }
  };
  for (const { project } of record.projects) {
    look(project.name, (runs) => runs.find(({ run }) => run === record.run));
  }
  for (const { project } of record.skipped) {
    const { catalogue } = project;
    look(project.name, (runs) => findCompletedRun(runs, { catalogue, recipeId: record.recipe.id }));
  }
  return { projects, problems, passing };
}

function inDatabase(
  path: string,
  project: string,
  run: string,
  acceptances: Acceptances,
): AcceptedInProject {
  const byImage = new Map<string, Acceptance>();
  const open = new Set<string>();
  const covered = new Set<string>();
  let images = 0;
  for (const failure of readFailures(path)) {
    if (failure.run !== run) continue;
    const found = acceptances.find(identifyImage(project, failure));
    if (found !== undefined) {
      images += 1;
      byImage.set(failure.image, found);
    }
    noteGroup(failure, found === undefined ? open : covered);
  }
  const groups = readFailedGroups(path, run).filter((id) => covered.has(id) && !open.has(id));
  return { images, groups: groups.length, byImage };
}

function noteGroup({ groupId }: StoredFailure, groups: Set<string>): void {
  if (groupId !== null) groups.add(groupId);
}
