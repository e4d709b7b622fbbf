import type { RunStatus } from '@cullstream/contracts';
import type { RecentDecision, RecentFailure } from '@cullstream/contracts/web';
import { locateDatabase, readRecentResults } from '@cullstream/store';
import type { RecentWork } from './live-feed.js';

const MOST_DECISIONS = 12;
const MOST_FAILURES = 50;
/** How many projects are read: active ones first, then those with failures. */
const MOST_PROJECTS = 3;

type Project = RunStatus['projects'][number];

/**
 * Reads the latest decisions and failures of a run from the databases. A project whose database
 * cannot be read now is left out.
 */
export function readRecentWork(dataDir: string, status: RunStatus): RecentWork {
  const decisions: RecentDecision[] = [];
  const failures: RecentFailure[] = [];
  for (const { name: project } of chooseProjects(status.projects)) {
    const recent = readProject(dataDir, project, status.run);
    decisions.push(...(recent?.selections ?? []).map((each) => toDecision(project, each)));
    failures.push(...(recent?.failures ?? []).map((each) => ({ project, ...each })));
  }
  return {
    decisions: decisions.slice(0, MOST_DECISIONS),
    failures: failures.slice(0, MOST_FAILURES),
  };
}

function chooseProjects(projects: readonly Project[]): Project[] {
  const atWork = projects.filter(({ state }) => state === 'running');
  const ended = projects.filter(({ state }) => state === 'success' || state === 'partial');
  const failing = ended.filter(({ counts }) => counts.failed > 0);
  const chosen = [...atWork, ...failing.reverse(), ...ended.reverse()];
  return [...new Set(chosen)].slice(0, MOST_PROJECTS);
}

function readProject(dataDir: string, project: string, run: string) {
  try {
    const { target, targetExists } = locateDatabase(dataDir, project);
    return targetExists ? readRecentResults(target, run, MOST_FAILURES) : undefined;
  } catch {
    // The database is being written or is damaged. `verify` reports that, and the page works
    // without it.
    return undefined;
  }
}

function toDecision(
  project: string,
  { crop, ...selection }: ReturnType<typeof readRecentResults>['selections'][number],
): RecentDecision {
  return { project, ...selection, crop: crop && [...crop] };
}
