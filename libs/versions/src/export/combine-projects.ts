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

/** A project that is left out of the export, with the reason. */
export interface OmittedProject {
  readonly project: string;
  /** `unknown`: no run has processed the project yet. */
  readonly kind: 'unreadable' | 'unknown';
  readonly message: string;
}

export interface CombinedSheet extends Sheet {
  /** Complete after all rows were read. */
  readonly leftOut: readonly OmittedProject[];
}

/**
 * Combines the rows of all projects into one sheet. One project is in memory at a time. A project
 * that cannot be read is left out as a whole, and the others are still exported.
 * @throws {ConfigurationError} while rows are read, when no project can be read
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
