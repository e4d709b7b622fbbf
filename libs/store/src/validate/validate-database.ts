import type BetterSqlite3 from 'better-sqlite3';
import { TransientError } from '@cullstream/contracts';
import { isCullstreamDatabase } from '../application-id.js';
import { DatabaseError, withTranslatedErrors } from '../database-error.js';
import { withPrivateCopy } from '../private-copy.js';
import { columnsOfDecisions, readStableOrder } from '../table-columns.js';
import { createImageChecker } from './check-images.js';
import { checkLock } from './check-lock.js';
import { checkRow, toGroupId, type RawRow } from './check-row.js';
import { createStatistics, type DecisionStatistics } from './decision-statistics.js';
import type { Finding, Report } from './finding.js';

export interface Validation {
  readonly path: string;
  /** Cullstream created the file. */
  readonly ours: boolean;
  readonly findings: readonly Finding[];
  readonly statistics: DecisionStatistics;
}

export interface ValidationOptions {
  /** Names of the images the project's source holds, with or without folder; not checked without. */
  readonly sourceImages?: ReadonlySet<string>;
}

/** Columns that even the oldest version has; without them rows are not checked. */
const LEAST_COLUMNS = [
  'group_id',
  'project_id',
  'images',
  'ai_selected_index',
  'ai_crop_coords',
  'ai_confidence',
] as const;

/**
 * Checks a database of any version, ours or the user's: the file, the schema, and every row. Leaves no
 * trace. A file that cannot be read is a finding, not an exception.
 */
export function validateDatabase(path: string, options: ValidationOptions = {}): Validation {
  const findings: Finding[] = [];
  const report: Report = (finding) => void findings.push(finding);
  const statistics = createStatistics();
  const ours = reportingErrors(report, () => {
    const isOurs = withTranslatedErrors('read', path, () => isCullstreamDatabase(path));
    checkLock(path, report);
    withPrivateCopy(path, (sqlite) => {
      checkIntegrity(sqlite, report);
      if (!checkSchema(sqlite, path, report)) return;
      const images = createImageChecker(report, options.sourceImages);
      for (const row of readRows(sqlite)) {
        images.add(toGroupId(row), checkRow(row, report));
        statistics.add(row);
      }
    });
    return isOurs;
  });
  return { path, ours: ours ?? false, findings, statistics: statistics.result() };
}

function reportingErrors<T>(report: Report, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DatabaseError) && !(error instanceof TransientError)) throw error;
    const damaged = error instanceof DatabaseError && error.problem === 'damaged';
    const check = damaged ? 'integrity' : 'readable';
    report({ severity: 'error', check, message: error.message });
    return undefined;
  }
}

function checkIntegrity(sqlite: BetterSqlite3.Database, report: Report): void {
  // Iterated, since the check may fail in the middle: its findings until then are kept.
  for (const line of sqlite.prepare<[], string>('PRAGMA integrity_check').pluck().iterate()) {
    if (line !== 'ok') report({ severity: 'error', check: 'integrity', message: line });
  }
}

function checkSchema(sqlite: BetterSqlite3.Database, path: string, report: Report): boolean {
  const columns = columnsOfDecisions(sqlite, path);
  if (columns.size === 0) {
    report({ severity: 'error', check: 'schema', message: 'there is no table ai_decisions' });
    return false;
  }
  const missing = LEAST_COLUMNS.filter((column) => !columns.has(column));
  if (missing.length === 0) return true;
  const message = `ai_decisions has no column ${missing.join(', ')}`;
  report({ severity: 'error', check: 'schema', message });
  return columns.has('group_id') && columns.has('images');
}

function readRows(sqlite: BetterSqlite3.Database): IterableIterator<RawRow> {
  return sqlite
    .prepare<[], RawRow>(`SELECT * FROM ai_decisions ORDER BY ${readStableOrder(sqlite)}`)
    .iterate();
}
