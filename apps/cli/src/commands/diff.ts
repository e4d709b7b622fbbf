import { writeFile } from 'node:fs/promises';
import { ConfigurationError } from '@cullstream/contracts';
import { toDiffPage } from '@cullstream/report';
import { exitCodes } from '@cullstream/runtime';
import { compareVersions, findVersions, loadPictures, resolveVersion } from '@cullstream/versions';
import { formatDiff } from '../output/format-diff.js';
import { namingPath } from '../output/naming-path.js';
import { refuseKnownOriginals } from '@cullstream/runs';
import type { DiffSettings } from '../settings/version-settings.js';
import type { CommandContext } from './command-context.js';

/** What changes from one version to another, and which of them is nearer to the user's choices. */
export async function diff(
  settings: DiffSettings,
  { terminal, log }: CommandContext,
  [a, b]: readonly string[],
): Promise<number> {
  if (a === undefined || b === undefined) {
    throw new ConfigurationError(['say which two versions to compare: `cullstream diff A B`']);
  }
  await refuseKnownOriginals(settings, log);
  const projects = await findVersions(settings.data, settings.project);
  const found = compareVersions(
    resolveVersion(a, projects),
    resolveVersion(b, projects),
    projects,
    settings.data,
  );
  const { html, originals } = settings;
  if (html !== undefined) {
    const pictureOf =
      originals === undefined
        ? () => undefined
        : await loadPictures(found, projects, { originalsDir: originals, log });
    await namingPath('--html', html, () => writeFile(html, toDiffPage(found, pictureOf)));
  }
  terminal.print(settings.json ? JSON.stringify(found, null, 2) : formatDiff(found));
  if (html !== undefined) terminal.note(`page: ${html}`);
  return exitCodes.ok;
}
