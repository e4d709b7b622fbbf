import { exitCodes } from '@cullstream/runtime';
import { joinRun } from '@cullstream/runs';
import type { EmbedderSettings } from '../settings/stream-settings.js';
import type { CommandContext } from './command-context.js';

/** Adds an embedder to a run, until the run ends or a signal comes. */
export async function embedder(
  settings: EmbedderSettings,
  context: CommandContext,
): Promise<number> {
  const interruption = context.listenToSignals('leaving: what is held is handed back');
  const end = await joinRun(settings, context, interruption);
  context.note(end === 'ended' ? 'the run has ended' : 'left the run, which goes on without it');
  return exitCodes.ok;
}
