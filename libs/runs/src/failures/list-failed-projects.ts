import { isThere, openOriginals, type Originals } from '@cullstream/imaging/archive';
import type { ProjectSummary, Summary } from '@cullstream/report';
import type { Logger } from '@cullstream/runtime';
import { identifyProject, projectFailure } from '@cullstream/store';
import { loadKnownProjects } from '../plan/known-projects.js';
import { readSummaries } from '../status/read-last-summary.js';
import type { FailedProject } from './dead-entry.js';
import { toId } from './to-id.js';

/** Summaries of very many projects are large. */
const RUNS_LOOKED_AT = 20;

/**
 * The projects that failed as a whole, archives that cannot be read, say, in the newest run that took
 * them up: a run of some projects leaves the others as they are. Not those whose source is gone.
 */
export async function listFailedProjects(dataDir: string, log: Logger): Promise<FailedProject[]> {
  const runs: Summary[] = [];
  for await (const { summary } of readSummaries(dataDir, { onUnreadable: () => undefined })) {
    if (summary.replay !== true) runs.push(summary);
    if (runs.length === RUNS_LOOKED_AT) break;
  }
  const failed = findFailed(runs);
  const newest = runs[0]?.batch_id;
  if (failed.every(({ run }) => run === newest)) return failed;
  const originals = await findOriginals(dataDir, log);
  // What the newest run names is there, or is named as gone.
  const left: FailedProject[] = [];
  for (const project of failed) {
    const isLeft = project.run === newest || !(await isGone(project.archive, originals));
    if (isLeft) left.push(project);
  }
  return left;
}

/**
 * Of sources that clash by name, a folder and an archive of it, say, one may fail and the other succeed.
 * @param runs newest first
 */
export function findFailed(runs: readonly Summary[]): FailedProject[] {
  const found = new Map<string, FailedProject>();
  const settled = new Set<string>();
  for (const { batch_id: run, completed_at: at, projects } of runs) {
    for (const project of projects) {
      const id = toId('project', ...toPlace(project));
      if (settled.has(id) || isLeftOut(project)) continue;
      if (project.status !== 'failed') {
        settled.add(id);
        continue;
      }
      const later = found.get(id);
      const attempts = (later?.attempts ?? 0) + 1;
      found.set(id, { ...(later ?? toEntry(project, { run, at })), firstAt: at, attempts });
    }
  }
  return [...found.values()];
}

/** Excluded by an option or an inventory: of these, a summary tells the source, too. */
function isLeftOut({ status, source_content: content }: ProjectSummary): boolean {
  return status === 'skipped' && content !== undefined;
}

const toPlace = ({ project_id: name, zip_file: source }: ProjectSummary) =>
  [name, source].map((text) => text.normalize('NFC'));

function toEntry(
  project: ProjectSummary,
  { run, at }: { readonly run: string; readonly at: string },
): FailedProject {
  const name = project.project_id;
  return {
    kind: 'project',
    id: toId('project', ...toPlace(project)),
    project: name,
    run,
    archive: project.zip_file,
    entry: '',
    ...projectFailure,
    message: project.message ?? '',
    attempts: 1,
    firstAt: at,
    lastAt: at,
    identity: identifyProject(project),
  };
}

/** The originals that the data folder has been given and that are there now. */
async function findOriginals(dataDir: string, log: Logger): Promise<Originals[]> {
  const known = await loadKnownProjects(dataDir, log);
  const places = known.flatMap(({ originals }) => (originals === null ? [] : [originals]));
  const found: Originals[] = [];
  for (const place of new Set(places)) {
    const originals = openOriginals(place);
    if (await isThere(originals)) found.push(originals);
  }
  return found;
}

/** Where no originals are there, nothing can be told. */
async function isGone(archive: string, originals: readonly Originals[]): Promise<boolean> {
  for (const place of originals) if (await isThere(place, archive)) return false;
  return originals.length > 0;
}
