import { DatabaseError, DatabaseReadWriteError } from '@cullstream/store';

/** Tells faults of single databases from outages of the folder that they are in. */
export interface DatabaseFaults {
  worked(project: string): void;
  /**
   * Whether a project must fail because of its database: at once if only a person can help, otherwise
   * after reading or writing has failed repeatedly.
   * @param nowMs time of a monotonic clock
   */
  isFinal(project: string, error: Error, nowMs: number): boolean;
}

const LEAST_TRIES = 5;
const LEAST_MS = 8_000;

export function createDatabaseFaults(): DatabaseFaults {
  const failing = new Map<string, { tries: number; sinceMs: number }>();
  return {
    worked: (project) => void failing.delete(project),
    isFinal(project, error, nowMs) {
      if (error instanceof DatabaseError) return true;
      if (!(error instanceof DatabaseReadWriteError)) return false;
      const { tries, sinceMs } = failing.get(project) ?? { tries: 0, sinceMs: nowMs };
      failing.set(project, { tries: tries + 1, sinceMs });
      return tries + 1 >= LEAST_TRIES && nowMs - sinceMs >= LEAST_MS;
    },
  };
}
