import type BetterSqlite3 from 'better-sqlite3';
import { ConfigurationError } from '@cullstream/contracts';
import { baseNameKey } from '@cullstream/domain';
import { parseImageNames } from '../image-names.js';
import { readColumns, isTable, readStableOrder } from '../table-columns.js';

/** A row of the database that is merged into. */
export interface TargetRow {
  readonly groupId: string;
  readonly images: readonly string[];
  /** The present cells, including those that the merge has filled. */
  readonly cells: Record<string, unknown>;
}

export interface TargetRows {
  readonly columns: ReadonlySet<string>;
  readonly rows: Iterable<TargetRow>;
  /** The row of this id, else the first that names the same images, in any folder or order. */
  find(groupId: string, images: readonly string[]): TargetRow | undefined;
}

/** @throws {ConfigurationError} when there is no table of decisions to merge into. */
export function loadTargetRows(sqlite: BetterSqlite3.Database): TargetRows {
  const columns = readColumns(sqlite, 'ai_decisions');
  const missing = ['group_id', 'images', 'ai_selected_index'].filter((name) => !columns.has(name));
  if (missing.length > 0) {
    throw new ConfigurationError([
      `cannot merge into this database: its ai_decisions has no ${missing.join(', ')}`,
    ]);
  }
  if (!isTable(sqlite, 'ai_decisions')) {
    throw new ConfigurationError([
      'cannot merge into this database: its ai_decisions is a view; merge into what it is a view of',
    ]);
  }
  const byId = new Map<string, TargetRow>();
  const byImages = new Map<string, TargetRow>();
  const rows = sqlite
    .prepare<[], Record<string, unknown>>(
      `SELECT * FROM ai_decisions ORDER BY ${readStableOrder(sqlite)}`,
    )
    .iterate();
  for (const cells of rows) {
    const images = parseImageNames(cells['images']) ?? [];
    const row = { groupId: String(cells['group_id']), images, cells };
    byId.set(row.groupId, row);
    const key = imagesKey(images);
    if (images.length > 0 && !byImages.has(key)) byImages.set(key, row);
  }
  return {
    columns,
    rows: byId.values(),
    find: (groupId, images) => byId.get(groupId) ?? byImages.get(imagesKey(images)),
  };
}

function imagesKey(images: readonly string[]): string {
  return images.map(baseNameKey).sort().join('\n');
}
