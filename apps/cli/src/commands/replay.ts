import { ConfigurationError } from '@cullstream/contracts';
import { connectBus } from '@cullstream/bus';
import { chooseModels, requireDevice } from '@cullstream/inference';
import type { Logger } from '@cullstream/runtime';
import { recallModels, withUsualModels } from '../models/recall-models.js';
import { findReplayedRun } from '../replay/find-replayed-run.js';
import { toReplayExecution } from '../replay/to-replay-execution.js';
import { readBrokerFile, type BrokerFile } from '../run/broker-file.js';
import { lockData, tryLockData, type DataLock } from '../run/data-lock.js';
import { onSignals, unlessInterrupted } from '../run/interruption.js';
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
  const isEmbedding = settings.from === 'images' && settings.services === 'own';
  if (isEmbedding) await requireDevice(settings.device);
  const interruption = onSignals(() =>
    terminal.note('stopping: what is in flight is finished first; once more stops at once'),
  );
  const place = await enter(settings, context);
  try {
    const whole = await unlessInterrupted(complete(settings, context), interruption);
    const choosing = chooseModels({ ...whole, dataDir: whole.data, cacheDir: whole.cache });
    const models = await unlessInterrupted(choosing, interruption);
    for (const note of models.notes) terminal.note(note);
    const execution = toReplayExecution(models, whole, context);
    return await runToEnd(execution, whole, context, interruption, place.host);
  } finally {
    await place.lock?.release();
  }
}

/** Stored vectors come with models; images are embedded by those that a run would take. */
async function complete(settings: ReplaySettings, { terminal }: CommandContext) {
  const replayed = settings.from === 'embeddings' ? await findReplayedRun(settings) : undefined;
  if (replayed === undefined) return withUsualModels(settings);
  const recalled = await recallModels(settings, replayed);
  for (const note of recalled.notes) terminal.note(note);
  const { leftOut } = replayed;
  if (leftOut.length > 0) {
    terminal.note(
      `left out, because their vectors are of other encoders: ${leftOut.join(', ')}; ` +
        'replay them alone (--project), or name the encoder',
    );
  }
  return recalled.settings;
}

interface Place {
  readonly lock?: DataLock;
  /** The run beside which it works, by its broker. */
  readonly host?: BrokerFile;
}

/** Takes the data folder, or a place beside the run that works there. One replay at a time. */
async function enter(settings: ReplaySettings, context: CommandContext): Promise<Place> {
  // Deployed services share the folder with every command.
  if (settings.services !== 'own') return {};
  const whole = await tryLockData(settings);
  if (whole !== undefined) return { lock: whole };
  const isExternal = (settings.nats ?? context.surroundings.environment['NATS_URL']) !== undefined;
  const host = await readBrokerFile(settings.data, 'run');
  // Neither a replay nor a repair has a broker to share.
  if (host === undefined || !(isExternal || (await answers(host, context.log)))) {
    return { lock: await lockData(settings) };
  }
  const lock = await lockData(settings, 'replay');
  context.terminal.note(`run ${host.run} works in ${settings.data}: replaying beside it`);
  return isExternal ? { lock } : { lock, host };
}

const FIRST_CONNECT_TIMEOUT_MS = 5_000;

/** A note may be left of a run that was killed. */
async function answers({ url, user, password }: BrokerFile, log: Logger): Promise<boolean> {
  const credentials = user === undefined || password === undefined ? undefined : { user, password };
  const firstConnectTimeoutMs = FIRST_CONNECT_TIMEOUT_MS;
  try {
    await (await connectBus({ url, credentials, name: 'cli', log, firstConnectTimeoutMs })).close();
    return true;
  } catch (error) {
    log.debug({ err: error, url }, 'no broker answers');
    return false;
  }
}
