import { ConfigurationError, TransientError } from '@cullstream/contracts';
import { DatabaseError } from '@cullstream/store';
import type { Row, Sheet } from './column.js';
import { decisionColumns, readDecisionRows } from './decision-sheet.js';
import { findSource } from './find-source.js';
import { imageColumns, readImageRows } from './image-sheet.js';

const kinds = {
  groups: { columns: decisionColumns, readRows: readDecisionRows },
  images: { columns: imageColumns, readRows: readImageRows },
} as const;

/** A project of which there are no rows, and why. */
export interface OmittedProject {
  readonly project: string;
  /** `unknown`: no run has come to it yet. */
  readonly kind: 'unreadable' | 'unknown';
  readonly message: string;
}

export interface CombinedSheet extends Sheet {
  /** Complete once all rows are read. */
  readonly leftOut: readonly OmittedProject[];
}

/**
 * The rows of projects one after the other, as one sheet. A project that cannot be read is left out
 * as a whole, and the others go on: one is in memory at a time.
 * @throws {ConfigurationError} while rows are read, when none of the projects can be
 */
export function combineProjects(
  dataDir: string,
  projects: readonly string[],
  kind: keyof typeof kinds,
): CombinedSheet {
  const { columns, readRows } = kinds[kind];
  const leftOut: OmittedProject[] = [];
  function* rows(): Generator<Row> {
    for (const project of projects) yield* readWhole(project);
    if (leftOut.length === projects.length) {
      throw new ConfigurationError(leftOut.map(({ message }) => message));
    }
  }
  function readWhole(project: string): Row[] {
    try {
      return [...readRows(findSource(dataDir, project))];
    } catch (error) {
      if (!isExpected(error)) throw error;
      const kind = error instanceof ConfigurationError ? 'unknown' : 'unreadable';
      leftOut.push({ project, kind, message: error.message });
      return [];
    }
  }
  return { columns, rows: rows(), leftOut };
}

function isExpected(error: unknown): error is Error {
  return [DatabaseError, TransientError, ConfigurationError].some((kind) => error instanceof kind);
}
