import { ConfigurationError } from '@cullstream/contracts';
import { exitCodes } from '@cullstream/runtime';
import { tableColumns } from '../output/format-table.js';
import { describeMerge, mergeProjects, toDocument } from '@cullstream/versions';
import type { MergeSettings } from '../settings/database-settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Merges staging databases into the databases that the user made. Without a flag it only shows what
 * would be done. `--apply` does it and `--undo` takes it back. If a project fails, the others are
 * still merged.
 */
export async function merge(
  settings: MergeSettings,
  { terminal }: CommandContext,
): Promise<number> {
  const { apply, undo, json } = settings;
  if (apply && undo) {
    throw new ConfigurationError([
      'say --apply or --undo, not both; without them nothing is written',
    ]);
  }
  const wanted = [...(settings.project ?? []), ...(settings.only ?? [])];
  const results = await mergeProjects(
    settings,
    wanted.length === 0 ? undefined : wanted,
    undo ? 'undo' : apply ? 'apply' : 'plan',
    settings.project === undefined ? 'only' : 'project',
  );
  const hasFailed = results.some(({ state }) => state === 'failed');
  terminal.print(
    json
      ? JSON.stringify({ applied: apply, undone: undo, projects: results.map(toDocument) }, null, 2)
      : describeMerge(results, undo ? 'undo' : 'merge', tableColumns()),
  );
  return hasFailed ? exitCodes.failed : exitCodes.ok;
}
