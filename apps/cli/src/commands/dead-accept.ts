import { ConfigurationError, failureReasons } from '@cullstream/contracts';
import { exitCodes } from '@cullstream/runtime';
import {
  changeAcceptances,
  isSameFailure,
  readAcceptances,
  type Acceptance,
} from '@cullstream/store';
import { identify, isSelected, ofSelection, type DeadEntry } from '@cullstream/runs';
import { chooseIds } from '@cullstream/runs';
import { listDead } from '@cullstream/runs';
import { toDocument } from '@cullstream/runs';
import { formatCount } from '../output/format.js';
import { firstLines } from '../output/limit.js';
import { namingPath } from '../output/naming-path.js';
import type { DeadAcceptSettings } from '../settings/dead-settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Takes note of what was given up, or with `--undo` takes that back. A failure that differs (another
 * image, content, stage or reason) is a new one.
 */
export async function deadAccept(
  settings: DeadAcceptSettings,
  context: CommandContext,
  named: readonly string[],
): Promise<number> {
  const all = await listDead(settings, {}, context);
  const ids = chooseIds(all, named);
  refuseUnknown(all, settings);
  const selected = all.filter((entry) => isSelected(entry, { ...settings, ids }));
  return settings.undo
    ? undo(selected, settings, { context, ids })
    : accept(selected, settings, context);
}

async function accept(
  selected: readonly DeadEntry[],
  { data, why, json, ...selection }: DeadAcceptSettings,
  { terminal }: CommandContext,
): Promise<number> {
  const at = new Date().toISOString();
  const accepted = selected.map((entry) => ({
    ...entry,
    accepted: { ...identify(entry), at, why: why ?? entry.accepted?.why ?? null },
  }));
  if (accepted.length > 0) {
    const added = accepted.map((entry) => entry.accepted);
    const aside = await namingPath('--data', data, () =>
      changeAcceptances(data, (known) => known.with(added)),
    );
    if (aside !== undefined) terminal.note(`what could not be read is kept as ${aside}`);
  }
  if (json) {
    const document = { accepted: accepted.length, entries: accepted.map(toDocument) };
    terminal.print(JSON.stringify(document, null, 2));
  } else if (accepted.length === 0) {
    terminal.print(`nothing to accept${ofSelection(selection)}`);
  } else {
    terminal.print(
      [
        ...firstLines(
          accepted.map(({ id, project, entry, reason }) => describe([id, project, entry, reason])),
          { what: 'entry' },
        ),
        `${formatCount(accepted.length)} accepted: runs end with 0 over them; --undo takes it back`,
      ].join('\n'),
    );
  }
  return exitCodes.ok;
}

async function undo(
  selected: readonly DeadEntry[],
  { data, json, project: projects, reason: reasons }: DeadAcceptSettings,
  { context, ids }: { readonly context: CommandContext; readonly ids: readonly string[] },
): Promise<number> {
  const { terminal } = context;
  const failures = selected.map(identify);
  // What was accepted may have been repaired or deleted since, and has no id any more.
  const isWanted = (each: Acceptance) =>
    ids.length === 0
      ? projects?.includes(each.project) !== false && reasons?.includes(each.reason) !== false
      : failures.some((failure) => isSameFailure(failure, each));
  let undone: readonly Acceptance[] = [];
  const { acceptances } = await readAcceptances(data);
  const aside = acceptances.all.some(isWanted)
    ? await namingPath('--data', data, () =>
        changeAcceptances(data, (known) => {
          undone = known.all.filter(isWanted);
          return known.without(undone);
        }),
      )
    : undefined;
  if (aside !== undefined) terminal.note(`what could not be read is kept as ${aside}`);
  if (json) terminal.print(JSON.stringify({ undone: undone.length, entries: undone }, null, 2));
  else if (undone.length === 0) terminal.print('nothing of this was accepted');
  else {
    terminal.print(
      [
        ...firstLines(
          undone.map(({ project, image, reason }) => describe([project, image, reason])),
          { what: 'entry' },
        ),
        `${formatCount(undone.length)} no longer accepted: runs end with 1 over them`,
      ].join('\n'),
    );
  }
  return exitCodes.ok;
}

/** A misspelled reason would accept nothing, and a text given as reason was meant as --why. */
function refuseUnknown(
  entries: readonly DeadEntry[],
  { reason: reasons = [], undo: isUndone }: DeadAcceptSettings,
): void {
  const known = new Set<string>([...failureReasons, ...entries.map(({ reason }) => reason)]);
  const problems = reasons
    // What was accepted may be gone since.
    .filter((reason) => !isUndone && !known.has(reason))
    .map(
      (reason) =>
        `--reason: nothing fails for the reason "${reason}"; it selects failures by theirs, ` +
        'as `cullstream dead list` shows it; --why says why they are accepted',
    );
  if (problems.length > 0) throw new ConfigurationError(problems);
}

const describe = (parts: readonly string[]): string =>
  parts.filter((part) => part !== '').join(': ');
