import type { PlannedProject, RunId } from '@cullstream/contracts';
import { extractorRef, openUnfinishedAttempts, type Bus } from '@cullstream/bus';
import type { Logger } from '@cullstream/runtime';

/** Work on a project has ended the process again and again: nothing of it is looked at any more. */
export class DeadlyProjectError extends Error {
  override readonly name = 'DeadlyProjectError';
}

/** What the process did not live to see the end of, by project: counted beyond its end. */
export interface ProjectAttempts {
  /**
   * Does work for a project.
   * @throws {DeadlyProjectError} instead, where it has ended the process again and again
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
  /** A broker that does not answer for the moment keeps no project from being tried. */
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
      const before = await noteQuietly(async () => (await opened).count(extractorRef, place));
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
      }
    },
  };
}
