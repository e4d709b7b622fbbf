import { withPreparedReplay } from '@cullstream/runs';
import type { ReplaySettings } from '../settings/version-settings.js';
import type { CommandContext } from './command-context.js';
import { stoppingNote } from './on-signals.js';
import { runToEnd } from './run-to-end.js';

/** Processes stored events again with other models or another feature layout. */
export async function replay(settings: ReplaySettings, context: CommandContext): Promise<number> {
  const interruption = context.listenToSignals(stoppingNote(settings));
  return withPreparedReplay(
    settings,
    { ...context, interruption },
    ({ execution, options, host }) =>
      runToEnd(execution, { ...settings, ...options }, context, interruption, host),
  );
}
