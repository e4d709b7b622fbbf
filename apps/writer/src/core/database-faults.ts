import { DatabaseError, DatabaseReadWriteError } from '@cullstream/store';

/** What speaks against single databases, while the folder they lie in can be used. */
export interface DatabaseFaults {
  worked(project: string): void;
  /**
   * Whether a project is to fail for its database: at once where only a person can help, and where reading or
   * writing fails again and again. @param nowMs of a clock that only goes forward
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
