import { ConfigurationError } from '@cullstream/contracts';
import { chooseModels, requireDevice } from '@cullstream/inference';
import { enterReplay, recallReplayedModels } from '@cullstream/runs';
import { toReplayExecution } from '@cullstream/runs';
import { unlessInterrupted } from '@cullstream/runs';
import { onSignals, stoppingNote } from './on-signals.js';
import { runToEnd } from './run-to-end.js';
import { requireDataFolder } from '@cullstream/runtime';
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
  if (settings.services === 'own') requireDataFolder(settings.data);
  const isEmbedding = settings.from === 'images' && settings.services === 'own';
  if (isEmbedding) await requireDevice(settings.device);
  const interruption = onSignals(context, stoppingNote(settings));
  const place = await enterReplay(settings, context);
  try {
    const whole = await unlessInterrupted(recallReplayedModels(settings, context), interruption);
    const choosing = chooseModels({ ...whole, dataDir: whole.data, cacheDir: whole.cache });
    const models = await unlessInterrupted(choosing, interruption);
    for (const note of models.notes) terminal.note(note);
    const execution = toReplayExecution(models, whole, context);
    return await runToEnd(execution, whole, context, interruption, place.host);
  } finally {
    await place.lock?.release();
  }
}
