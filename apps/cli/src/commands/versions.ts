import { limitItems } from '@cullstream/report';
import { counted, describeEncoding, describeFeatures, formatTime } from '@cullstream/contracts';
import { exitCodes, requireDataFolder } from '@cullstream/runtime';
import { findVersions, toVersionRows, type VersionRow } from '@cullstream/versions';
import { formatTable } from '../output/format-table.js';
import type { VersionsSettings } from '../settings/version-settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Lists every version of every project: when it was made, by which recipe, and whether it is
 * current.
 */
export async function versions(
  settings: VersionsSettings,
  { terminal }: CommandContext,
): Promise<number> {
  requireDataFolder(settings.data);
  const found = await findVersions(settings.data, settings.project);
  const rows = found.flatMap(toVersionRows);
  terminal.print(settings.json ? JSON.stringify({ versions: rows }, null, 2) : toText(rows));
  return exitCodes.ok;
}

function toText(rows: readonly VersionRow[]): string {
  if (rows.length === 0) return 'no version yet; `cullstream run` makes the first';
  const head = ['project', 'version', 'current', 'completed', 'runs', 'images', 'failed'];
  const models = ['embedder', 'ranker', 'crop', 'features'];
  const { shown, more } = limitItems(rows, { what: 'version' });
  const table = formatTable(
    [...head, 'decided', ...models],
    shown.map((row) => [
      row.project,
      row.version,
      row.current ? counted(row.current_groups, 'group') : '-',
      row.completed_at == null ? 'unfinished' : formatTime(row.completed_at),
      row.runs,
      row.images,
      row.failed_images,
      row.decided_groups,
      `${row.embedder.model.file} ${describeEncoding(row.embedder)}`,
      row.ranker.file,
      row.crop_proposer.file,
      toFeatures(row),
    ]),
    { spare: ['features', 'runs', 'completed', 'crop', 'failed', 'embedder', 'ranker'] },
  );
  return [table, ...more].join('\n');
}

function toFeatures({ ranker, crop_proposer: crop }: VersionRow): string {
  const [ofRanker, ofCrop] = [describeFeatures(ranker.features), describeFeatures(crop.features)];
  return ofRanker === ofCrop ? ofRanker : `${ofRanker}, crop ${ofCrop}`;
}
