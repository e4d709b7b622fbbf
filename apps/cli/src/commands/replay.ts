import { ConfigurationError } from '@cullstream/contracts';
import { chooseModels } from '@cullstream/inference';
import { toReplayExecution } from '../replay/to-replay-execution.js';
import { lockData } from '../run/data-lock.js';
import { onSignals } from '../run/interruption.js';
import { runToEnd } from '../run/run-to-end.js';
import type { ReplaySettings } from '../settings/version-settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Reruns the stages behind stored events, by other models or features. What it makes is a version
 * beside those that are there; `promote` makes it the current one.
 */
export async function replay(settings: ReplaySettings, context: CommandContext): Promise<number> {
  const { terminal } = context;
  if (settings.from === 'images' && settings.originals === undefined) {
    throw new ConfigurationError([
      '--originals: say where the originals are: images are read again (CULL_ORIGINALS is not set)',
    ]);
  }
  const interruption = onSignals(() =>
    terminal.note('stopping: what is in flight is finished first; once more stops at once'),
  );
  // Deployed services share the folder with every command.
  const lock = settings.services === 'own' ? await lockData(settings.data) : undefined;
  try {
    const models = await chooseModels({
      ...settings,
      dataDir: settings.data,
      cacheDir: settings.cache,
    });
    for (const note of models.notes) terminal.note(note);
    const execution = toReplayExecution(models, settings, context);
    return await runToEnd(execution, settings, context, interruption);
  } finally {
    await lock?.release();
  }
}
