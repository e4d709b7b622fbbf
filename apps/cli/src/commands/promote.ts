import { limitItems } from '@cullstream/report';
import { counted, ConfigurationError } from '@cullstream/contracts';
import { exitCodes } from '@cullstream/runtime';
import {
  findVersions,
  promoteAll,
  resolveVersion,
  undoLastPromotion,
  type ProjectVersions,
} from '@cullstream/versions';
import { formatTable } from '../output/format-table.js';
import type { PromoteSettings } from '../settings/version-settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Makes a version the current one in databases that Cullstream created, except in rows that the
 * user has changed. Can also undo the last promotion.
 */
export async function promote(
  settings: PromoteSettings,
  context: CommandContext,
  [asked]: readonly string[],
): Promise<number> {
  if (settings.undo === (asked !== undefined)) {
    throw new ConfigurationError([
      'say which version to promote (`cullstream versions` lists them), or --undo to take the last promotion back',
    ]);
  }
  const projects = await findVersions(settings.data, settings.project);
  return asked === undefined
    ? undo(projects, settings, context)
    : promoteTo(resolveVersion(asked, projects), projects, settings, context);
}

async function promoteTo(
  version: string,
  projects: readonly ProjectVersions[],
  { json }: PromoteSettings,
  { terminal }: CommandContext,
): Promise<number> {
  const { promotion, results } = await promoteAll(version, projects);
  const replaced = results.reduce((sum, result) => sum + result.replaced, 0);
  if (json) {
    const document = { version, promotion: replaced > 0 ? promotion : null, projects: results };
    terminal.print(JSON.stringify(document, null, 2));
    return exitCodes.ok;
  }
  const head = ['project', 'replaced', 'current already', 'left to the user', 'not decided by it'];
  const { shown, more } = limitItems(results, {
    what: 'project',
    isUrgent: (result) => result.replaced > 0,
  });
  const rows = shown.map(({ project, run, ...counts }) =>
    run === null
      ? [project, 'never completed by this version', '', '', '']
      : [project, counts.replaced, counts.unchanged, counts.left, counts.undecided],
  );
  terminal.print(
    [
      formatTable(head, rows),
      ...more,
      replaced > 0
        ? `version ${version} is current in ${counted(replaced, 'more group')}; \`cullstream promote --undo\` takes it back`
        : `version ${version} was current wherever it can be; nothing was written`,
    ].join('\n'),
  );
  return exitCodes.ok;
}

async function undo(
  projects: readonly ProjectVersions[],
  { json }: PromoteSettings,
  { terminal }: CommandContext,
): Promise<number> {
  const { undone: newest, results } = await undoLastPromotion(projects);
  if (json) {
    terminal.print(JSON.stringify({ undone: newest ?? null, projects: results }, null, 2));
    return exitCodes.ok;
  }
  if (newest === undefined) {
    terminal.print('there is no promotion to take back; nothing was written');
    return exitCodes.ok;
  }
  const head = ['project', 'promoted version', 'restored', 'changed since, left'];
  const { shown, more } = limitItems(results, { what: 'project' });
  const rows = shown.map((each) => [each.project, each.version, each.restored, each.left]);
  terminal.print(
    [formatTable(head, rows), ...more, `promotion ${newest} is taken back`].join('\n'),
  );
  return exitCodes.ok;
}
