import { limitLines } from '@cullstream/report';
import { formatCount } from '@cullstream/contracts';
import { exitCodes } from '@cullstream/runtime';
import { acceptDead, describeSelection, toDocument, undoAcceptances } from '@cullstream/runs';
import { namingPath } from '../output/naming-path.js';
import type { DeadAcceptSettings } from '../settings/dead-settings.js';
import type { CommandContext } from './command-context.js';

/** Accepts failures and dead letters, or takes that back with `--undo`. */
export async function deadAccept(
  settings: DeadAcceptSettings,
  context: CommandContext,
  ids: readonly string[],
): Promise<number> {
  const { data, project, reason } = settings;
  const options = { folder: settings, context, selection: { project, reason, ids } };
  const text = await namingPath('--data', data, () =>
    settings.undo ? undo(options, settings) : accept(options, settings),
  );
  context.terminal.print(text);
  return exitCodes.ok;
}

type Options = Parameters<typeof undoAcceptances>[0];

async function accept(options: Options, { why, json }: DeadAcceptSettings): Promise<string> {
  const accepted = await acceptDead(options, why);
  if (json) {
    const document = { accepted: accepted.length, entries: accepted.map(toDocument) };
    return JSON.stringify(document, null, 2);
  }
  if (accepted.length === 0) return `nothing to accept${describeSelection(options.selection)}`;
  const lines = accepted.map(({ id, project, entry, reason }) =>
    join([id, project, entry, reason]),
  );
  return [
    ...limitLines(lines, { what: 'entry' }),
    `${formatCount(accepted.length)} accepted: runs end with 0 over them; --undo takes it back`,
  ].join('\n');
}

async function undo(options: Options, { json }: DeadAcceptSettings): Promise<string> {
  const undone = await undoAcceptances(options);
  if (json) return JSON.stringify({ undone: undone.length, entries: undone }, null, 2);
  if (undone.length === 0) return 'nothing of this was accepted';
  const lines = undone.map(({ project, image, reason }) => join([project, image, reason]));
  return [
    ...limitLines(lines, { what: 'entry' }),
    `${formatCount(undone.length)} no longer accepted: runs end with 1 over them`,
  ].join('\n');
}

const join = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(': ');
