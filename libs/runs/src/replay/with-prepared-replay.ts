import { connectBus } from '@cullstream/bus';
import { ConfigurationError } from '@cullstream/contracts';
import { chooseModels, requireDevice } from '@cullstream/inference';
import {
  lockData,
  requireDataFolder,
  tryLockData,
  type DataLock,
  type Logger,
} from '@cullstream/runtime';
import { recallModels, withDefaultModels } from '../plan/recall-models.js';
import { settleDevice } from '../plan/settle-device.js';
import { settlePrecision } from '../plan/settle-precision.js';
import { readBrokerFile, type BrokerFile } from '@cullstream/broker';
import type { Execution } from '../execute/execution.js';
import { unlessInterrupted, type Interruption } from '../interruption.js';
import type { ReplayOptions, UseOptions } from '../options.js';
import type { WorkContext } from '../work-context.js';
import { validateReplayRequest } from './find-sources.js';
import { findReplayedRun } from './find-replayed-run.js';
import { toReplayExecution } from './to-replay-execution.js';

/** A replay that can begin. */
export interface PreparedReplay {
  readonly execution: Execution;
  /** The options, with the models and their use as they were found. */
  readonly options: ReplayOptions & UseOptions;
  /** The run beside which it works, by its broker. */
  readonly host: BrokerFile | undefined;
}

/**
 * Takes the data folder, or a place beside the run that works there, finds the models, and has stored
 * events replayed. What that makes is a version beside those that are there.
 * @throws {ConfigurationError} with all problems of options and models; when another cullstream works in
 *   the folder
 * @throws {InterruptedError} when an end is requested before anything has begun
 */
export async function withPreparedReplay<T>(
  options: ReplayOptions,
  context: WorkContext & { readonly interruption: Interruption },
  work: (prepared: PreparedReplay) => Promise<T>,
): Promise<T> {
  if (options.from === 'images' && options.originals === undefined) {
    throw new ConfigurationError([
      '‹originals›: say where the originals are, for images are read again',
    ]);
  }
  const isOwn = options.services === 'own';
  if (isOwn) requireDataFolder(options.data);
  if (isOwn && options.from === 'images') await requireDevice(options.device ?? 'cpu');
  const place = await enterReplay(options, context);
  try {
    const { interruption } = context;
    const recalling = recallReplayedModels(options, context).then(settlePrecision);
    const { settings: whole, notes } = await unlessInterrupted(recalling, interruption);
    const embedsHere = isOwn && whole.from === 'images';
    if (embedsHere) await requireDevice(whole.device ?? 'cpu', whole.precision);
    const choice = { device: 'cpu' as const, ...whole };
    const choosing = chooseModels({ ...choice, dataDir: whole.data, cacheDir: whole.cache });
    const chosen = await unlessInterrupted(choosing, interruption);
    const ofDevice = embedsHere ? await settleDevice(chosen, whole) : [];
    const models = { ...chosen, notes: [...notes, ...ofDevice, ...chosen.notes] };
    for (const line of models.notes) context.note(line);
    const execution = toReplayExecution(models, whole, context);
    return await work({ execution, options: whole, host: place.host });
  } finally {
    await place.lock?.release();
  }
}

/** Stored vectors come with models; images are embedded by those that a run would take. */
async function recallReplayedModels(settings: ReplayOptions, { note }: Pick<WorkContext, 'note'>) {
  const replayed = settings.from === 'embeddings' ? await findReplayedRun(settings) : undefined;
  if (replayed === undefined) {
    const { data, project: projects = null, embedder, ranker, crop } = settings;
    const isNamed = embedder !== undefined && ranker !== undefined && crop !== undefined;
    // Before models are looked for, which nothing would be replayed by.
    if (!isNamed) await validateReplayRequest(data, { ...settings, projects });
    return withDefaultModels(settings);
  }
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
interface ReplayPlace {
  readonly lock?: DataLock;
  /** The run beside which it works, by its broker. */
  readonly host?: BrokerFile;
}

/** Takes the data folder, or a place beside the run that works there. One replay at a time. */
async function enterReplay(settings: ReplayOptions, context: WorkContext): Promise<ReplayPlace> {
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
