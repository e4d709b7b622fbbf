import { toKey } from '@cullstream/catalog';
import type { RejectedSource } from '@cullstream/contracts';
import type { Logger } from '@cullstream/runtime';
import { identifyProject, readAcceptances, type Acceptance } from '@cullstream/store';
import { listFailedProjects } from '../failures/list-failed-projects.js';
import { loadKnownProjects } from '../plan/known-projects.js';

/** What would be a gap, had nobody taken note of it (`dead accept`). */
export interface AcceptedGap {
  readonly project: string;
  readonly gap: string;
  readonly why: string | null;
}

/** Projects that failed as a whole and of which somebody has taken note. */
export interface AcceptedProjects {
  /** A source as it is today: another one under its name, or another fault of it, is not accepted. */
  readonly ofSource: (source: RejectedSource) => Acceptance | undefined;
  /** The failure of the newest run that took the project up; none of another source of its name. */
  readonly ofProject: (name: string) => Acceptance | undefined;
  /** All of them, as the newest runs that took them up tell. */
  readonly all: readonly AcceptedGap[];
  /** Why nothing counts as accepted. */
  readonly problem?: string | undefined;
}

export async function findAcceptedProjects(
  dataDir: string,
  log: Logger,
): Promise<AcceptedProjects> {
  const { acceptances, problem } = await readAcceptances(dataDir);
  const isAny = acceptances.all.some(({ kind }) => kind === 'project');
  const failed = isAny ? await listFailedProjects(dataDir, log) : [];
  const known = isAny ? await loadKnownProjects(dataDir, log) : [];
  const sources = new Map(known.map(({ name, source }) => [toKey(name), source]));
  const byName = new Map(
    failed
      .filter(({ project, archive }) => (sources.get(toKey(project)) ?? archive) === archive)
      .map(({ project, identity }) => [project.normalize('NFC'), acceptances.find(identity)]),
  );
  return {
    ofSource: ({ name, source, message, content }) =>
      acceptances.find(
        identifyProject({ project_id: name, zip_file: source, message, source_content: content }),
      ),
    ofProject: (name) => byName.get(name.normalize('NFC')),
    all: failed.flatMap(({ project, message, identity }) => {
      const acceptance = acceptances.find(identity);
      return acceptance === undefined ? [] : [{ project, gap: message, why: acceptance.why }];
    }),
    problem,
  };
}
