import { limitLines } from '@cullstream/report';
import { exitCodes } from '@cullstream/runtime';
import { describeSelection, retryDead, toDocument, type DeadEntry } from '@cullstream/runs';
import { openView } from '../output/run-view.js';
import type { DeadRetrySettings } from '../settings/dead-settings.js';
import type { CommandContext } from './command-context.js';
import { stoppingNote } from './on-signals.js';

/** Processes failures and dead letters again. Entries that succeed leave the list. */
export async function deadRetry(
  settings: DeadRetrySettings,
  command: CommandContext,
  ids: readonly string[],
): Promise<number> {
  const { terminal } = command;
  const interruption = command.listenToSignals(stoppingNote(settings));
  const context = {
    ...command,
    openView: () => openView(terminal),
    onWarning: (listener: (warning: string) => void) => terminal.onWarning(listener),
  };
  const outcome = await retryDead({ settings, ids, context, interruption });
  if (outcome !== undefined) return report(outcome.tried, outcome.still, settings, command);
  terminal.note(
    settings.services === 'deployed'
      ? 'no longer followed; the deployed services go on with it'
      : 'interrupted; the same command tries again what is left',
  );
  return exitCodes.interrupted;
}

function report(
  tried: readonly DeadEntry[],
  still: readonly DeadEntry[],
  { json, ...selection }: DeadRetrySettings,
  { terminal }: CommandContext,
): number {
  const repaired = tried.length - still.length;
  if (json) {
    const document = { tried: tried.length, repaired, failed: still.map(toDocument) };
    terminal.print(JSON.stringify(document, null, 2));
  } else if (tried.length === 0) {
    terminal.print(`nothing to try again${describeSelection(selection)}`);
  } else {
    terminal.print(
      [
        `${tried.length} tried again: ${repaired} repaired, ${still.length} failed again`,
        ...limitLines(
          still.map(({ id, project, entry, reason, message }) =>
            [id, project, entry, reason, message].filter((part) => part !== '').join(': '),
          ),
          { what: 'entry' },
        ),
      ].join('\n'),
    );
  }
  return still.every(({ accepted }) => accepted !== undefined) ? exitCodes.ok : exitCodes.failed;
}
