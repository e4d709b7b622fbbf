import { connectBus } from '@cullstream/bus';
import type { Logger } from '@cullstream/runtime';
import { recallModels, withUsualModels } from '../plan/recall-models.js';
import { readBrokerFile, type BrokerFile } from '@cullstream/broker';
import { lockData, tryLockData, type DataLock } from '@cullstream/runtime';
import type { ReplayOptions } from '../options.js';
import type { WorkContext } from '../work-context.js';
import { findReplayedRun } from './find-replayed-run.js';

/** Stored vectors come with models; images are embedded by those that a run would take. */
export async function recallReplayedModels<S extends ReplayOptions>(
  settings: S,
  { note }: Pick<WorkContext, 'note'>,
) {
  const replayed = settings.from === 'embeddings' ? await findReplayedRun(settings) : undefined;
  if (replayed === undefined) return withUsualModels(settings);
  const recalled = await recallModels(settings, replayed);
  for (const line of recalled.notes) note(line);
  const { leftOut } = replayed;
  if (leftOut.length > 0) {
    note(
      `left out, because their vectors are of other encoders: ${leftOut.join(', ')}; ` +
        'replay them alone (‹project›), or name the encoder',
    );
  }
  return recalled.settings;
}

/** Where a replay works. */
export interface ReplayPlace {
  readonly lock?: DataLock;
  /** The run beside which it works, by its broker. */
  readonly host?: BrokerFile;
}

/** Takes the data folder, or a place beside the run that works there. One replay at a time. */
export async function enterReplay(
  settings: ReplayOptions,
  context: WorkContext,
): Promise<ReplayPlace> {
  // Deployed services share the folder with every command.
  if (settings.services !== 'own') return {};
  const whole = await tryLockData(settings);
  if (whole !== undefined) return { lock: whole };
  const isExternal = context.target.kind === 'external';
  const host = await readBrokerFile(settings.data, 'run');
  // Neither a replay nor a repair has a broker to share.
  if (host === undefined || !(isExternal || (await answers(host, context.log)))) {
    return { lock: await lockData(settings) };
  }
  const lock = await lockData(settings, 'replay');
  context.note(`run ${host.run} works in ${settings.data}: replaying beside it`);
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
