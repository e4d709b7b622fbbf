import type { PlannedProject, RunId } from '@cullstream/contracts';
import { extractorRef, openUnfinishedAttempts, type Bus } from '@cullstream/bus';
import type { Logger } from '@cullstream/runtime';

/** Work on a project has repeatedly ended the process: the project is given up. */
export class DeadlyProjectError extends Error {
  override readonly name = 'DeadlyProjectError';
}

/** Counts, for each project, how often the process ended while working on it. The broker stores it. */
export interface ProjectAttempts {
  /**
   * Does work for a project.
   * @throws {DeadlyProjectError} without doing it, if it has repeatedly ended the process
   */
  during<T>(
    project: Pick<PlannedProject['project'], 'name' | 'source'>,
    work: () => Promise<T>,
  ): Promise<T>;
}

/** Ends of the process after which a project is given up. */
const MAX_UNFINISHED = 3;

export function createProjectAttempts(
  bus: Bus,
  run: RunId,
  log: Pick<Logger, 'debug'>,
): ProjectAttempts {
  const opened = openUnfinishedAttempts(bus);
  opened.catch(() => undefined);
  /**
   * What this process knows: once it has been through some work, nothing is left of those that ended before.
   * Asked again, the broker would also count another extractor that works on the project for a moment.
   */
  const known = new Map<string, number>();
  /** If the broker does not answer, the project is tried without counting. */
  const noteQuietly = async <T>(note: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await note();
    } catch (error) {
      log.debug({ err: error }, 'an attempt is not written down');
      return undefined;
    }
  };
  return {
    async during({ name, source }, work) {
      const place = { run, project: name };
      const before =
        known.get(name) ??
        (await noteQuietly(async () => (await opened).count(extractorRef, place)));
      if (before !== undefined && before >= MAX_UNFINISHED) {
        throw new DeadlyProjectError(
          `${source}: working on it ended the extractor ${before} times; pack it anew, or leave it out (--skip)`,
        );
      }
      await noteQuietly(async () => (await opened).record(extractorRef, place, (before ?? 0) + 1));
      try {
        return await work();
      } finally {
        await noteQuietly(async () => (await opened).clear(extractorRef, place));
        known.set(name, 0);
      }
    },
  };
}
