import {
  EVENT_VERSION,
  type ProjectCompleted,
  type ProjectProgressed,
  type ProjectTotals,
  type RunId,
} from '@cullstream/contracts';
import type { DataFolder, Logger } from '@cullstream/runtime';
import { readProjectState, type ProjectState } from '@cullstream/store';
import { retryReading } from './retry-reading.js';

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
  /** Aborting it ends all waiting. */
  readonly signal?: AbortSignal;
  readonly readState?: typeof readProjectState;
}

/**
 * Reads where projects of a run stand. Waits while the data folder is away, tries again after what may pass,
 * and leaves no trace.
 */
export function createStoredProgressReader(
  run: RunId,
  { dataDir, folder, log, signal, readState = readProjectState }: Place,
): ReadStoredProgress {
  return ({ name }) =>
    folder.whileThere(async () => {
      try {
        const state = await retryReading(() => readState(dataDir, name), { signal });
        return toProgress(state, run);
      } catch (error) {
        if ((await folder.problem()) !== undefined) throw error;
        log.warn({ project: name, err: error }, 'its database does not tell where it stands');
        return undefined;
      }
    });
}

function toProgress(
  { runs, location }: ProjectState,
  run: RunId,
): ProjectProgressed | ProjectCompleted | undefined {
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
