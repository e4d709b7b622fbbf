import { ConfigurationError, failureReasons } from '@cullstream/contracts';
import type { BrokerContext, LockedFolder } from '@cullstream/broker';
import {
  changeAcceptances,
  isSameFailure,
  readAcceptances,
  type Acceptance,
} from '@cullstream/store';
import { chooseIds } from './choose-ids.js';
import { toFailureIdentity, isSelected, type DeadEntry, type DeadSelection } from './dead-entry.js';
import { listDead } from './list-dead.js';

export interface AcceptOptions {
  readonly folder: LockedFolder;
  readonly context: BrokerContext;
  /** Which failures; `ids` may be beginnings of ids. */
  readonly selection: DeadSelection;
}

type AcceptedEntry = DeadEntry & { readonly accepted: Acceptance };

/**
 * Takes note of what was given up: runs end as if it had not failed. A failure that differs (another
 * image, content, stage or reason) is a new one.
 * @param why for whoever asks
 * @throws {ConfigurationError} for ids and reasons that name nothing
 */
export async function acceptDead(
  { folder: { data }, ...options }: AcceptOptions,
  why: string | undefined,
): Promise<AcceptedEntry[]> {
  const { entries, selected } = await select({ folder: { data }, ...options });
  refuseUnknownReasons(entries, options.selection);
  const at = new Date().toISOString();
  const accepted = selected.map((entry) => ({
    ...entry,
    accepted: { ...toFailureIdentity(entry), at, why: why ?? entry.accepted?.why ?? null },
  }));
  if (accepted.length > 0) {
    const added = accepted.map((entry) => entry.accepted);
    noteAside(await changeAcceptances(data, (known) => known.with(added)), options.context);
  }
  return accepted;
}

/**
 * Takes acceptances back. What was accepted may have been repaired or deleted since, and has no id any
 * more: it is selected by project and reason alone.
 * @throws {ConfigurationError} for ids that name nothing
 */
export async function undoAcceptances(options: AcceptOptions): Promise<readonly Acceptance[]> {
  const { data } = options.folder;
  const { ids = [], project: projects, reason: reasons } = options.selection;
  const failures = (await select(options)).selected.map(toFailureIdentity);
  const isWanted = (each: Acceptance) =>
    ids.length === 0
      ? projects?.includes(each.project) !== false && reasons?.includes(each.reason) !== false
      : failures.some((failure) => isSameFailure(failure, each));
  let undone: readonly Acceptance[] = [];
  const { acceptances } = await readAcceptances(data);
  if (!acceptances.all.some(isWanted)) return undone;
  const aside = await changeAcceptances(data, (known) => {
    undone = known.all.filter(isWanted);
    return known.without(undone);
  });
  noteAside(aside, options.context);
  return undone;
}

async function select({ folder, context, selection }: AcceptOptions) {
  const entries = await listDead(folder, {}, context);
  const ids = chooseIds(entries, selection.ids ?? []);
  return { entries, selected: entries.filter((entry) => isSelected(entry, { ...selection, ids })) };
}

function noteAside(aside: string | undefined, { note }: BrokerContext): void {
  if (aside !== undefined) note(`what could not be read is kept as ${aside}`);
}

/** A misspelled reason would accept nothing, and a text given as reason was meant as `why`. */
function refuseUnknownReasons(
  entries: readonly DeadEntry[],
  { reason: reasons = [] }: DeadSelection,
): void {
  const known = new Set<string>([...failureReasons, ...entries.map(({ reason }) => reason)]);
  const problems = reasons
    .filter((reason) => !known.has(reason))
    .map(
      (reason) =>
        `‹reason›: nothing fails for the reason "${reason}"; it selects failures by theirs, ` +
        'as `cullstream dead list` shows it; ‹why› says why they are accepted',
    );
  if (problems.length > 0) throw new ConfigurationError(problems);
}
