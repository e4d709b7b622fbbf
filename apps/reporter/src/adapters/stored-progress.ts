import {
  EVENT_VERSION,
  type ProjectCompleted,
  type ProjectProgressed,
  type ProjectTotals,
  type RunId,
} from '@cullstream/contracts';
import type { DataFolder, Logger } from '@cullstream/runtime';
import { readProjectState } from '@cullstream/store';

/**
 * Where a project of a run stands by its database, told like the writer tells it; undefined if there is
 * nothing of the run, or the database cannot be read.
 */
export type ReadStoredProgress = (
  project: Pick<ProjectTotals, 'name'>,
) => Promise<ProjectProgressed | ProjectCompleted | undefined>;

interface Place {
  readonly dataDir: string;
  readonly folder: Pick<DataFolder, 'problem' | 'whileThere'>;
  readonly log: Pick<Logger, 'warn'>;
}

/** Reads where projects of a run stand. Waits while the data folder is away, and leaves no trace. */
export function createStoredProgressReader(
  run: RunId,
  { dataDir, folder, log }: Place,
): ReadStoredProgress {
  return ({ name }) =>
    folder.whileThere(async () => {
      try {
        return readProgress(dataDir, name, run);
      } catch (error) {
        if ((await folder.problem()) !== undefined) throw error;
        log.warn({ project: name, err: error }, 'its database does not tell where it stands');
        return undefined;
      }
    });
}

function readProgress(
  dataDir: string,
  name: string,
  run: RunId,
): ProjectProgressed | ProjectCompleted | undefined {
  const { runs, location } = readProjectState(dataDir, name);
  const found = runs.find((each) => each.run === run);
  if (found === undefined) return undefined;
  const { project, counts, startedAt, completedAt, failures } = found;
  const base = { v: EVENT_VERSION, run, project, counts, startedAt } as const;
  if (completedAt === null)
    return { ...base, type: 'project.progressed', at: new Date().toISOString() };
  return {
    ...{ ...base, type: 'project.completed', database: location.targetName, completedAt },
    failures: failures.map(({ image, reason, message }) => ({ image, reason, message })),
  };
}
