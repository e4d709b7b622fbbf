import { ConfigurationError } from '@cullstream/contracts';
import { formatDiff } from '@cullstream/report';
import { toDiffPage } from '@cullstream/report/page';
import { exitCodes } from '@cullstream/runtime';
import {
  compareVersions,
  findVersions,
  resolveVersion,
  toWantedPictures,
} from '@cullstream/versions';
import { writePage } from '../output/write-page.js';
import type { DiffSettings } from '../settings/version-settings.js';
import { tableColumns } from '../output/format-table.js';
import type { CommandContext } from './command-context.js';

/**
 * Shows what changes from one version to another, and which one agrees more with the user's
 * choices.
 */
export async function diff(
  settings: DiffSettings,
  context: CommandContext,
  [a, b]: readonly string[],
): Promise<number> {
  if (a === undefined || b === undefined) {
    throw new ConfigurationError(['say which two versions to compare: `cullstream diff A B`']);
  }
  const projects = await findVersions(settings.data, settings.project);
  const found = compareVersions(
    resolveVersion(a, projects),
    resolveVersion(b, projects),
    projects,
    settings.data,
  );
  await writePage(settings, context, {
    toWanted: () => toWantedPictures(found),
    toPage: (findPicture) => toDiffPage(found, findPicture),
  });
  context.terminal.print(
    settings.json ? JSON.stringify(found, null, 2) : formatDiff(found, tableColumns()),
  );
  return exitCodes.ok;
}
