import { existsSync } from 'node:fs';
import { readBrokerFile } from '@cullstream/broker';
import { ConfigurationError } from '@cullstream/contracts';
import { findPixelDrift } from '@cullstream/embedding';
import { requireDevice } from '@cullstream/inference';
import { lockForServices } from '@cullstream/runtime';
import type { Execution } from '../execute/execution.js';
import { removeLeftovers } from '../execute/remove-leftovers.js';
import { unlessInterrupted, type Interruption } from '../interruption.js';
import type { BatchOptions, Given } from '../options.js';
import { rememberProjects } from '../plan/known-projects.js';
import { prepareRun, withNotes, type PreparedRun } from '../plan/prepare-run.js';
import { settleDevice } from '../plan/settle-device.js';
import { settlePrecision } from '../plan/settle-precision.js';
import type { WorkContext } from '../work-context.js';
import { toRunExecution } from './to-run-execution.js';

export interface PrepareContext extends Pick<WorkContext, 'log' | 'note'> {
  readonly interruption: Interruption;
}

/** What may be done with a run that was prepared. */
export interface PreparedWork<T> {
  execute(execution: Execution): Promise<T>;
  /** Everything is done already. */
  nothingToDo(prepared: PreparedRun): Promise<T>;
}

/**
 * Locks the data folder, finds out what is left to do, and calls `execute`,
 * or `nothingToDo` where everything is done. Unlocks the folder afterwards.
 * @throws {ConfigurationError} with all problems of options, models and sources; when another cullstream
 *   works in the folder
 * @throws {InterruptedError} when an end is requested before anything has begun
 */
export async function withPreparedRun<T>(
  given: Given<BatchOptions>,
  { log, note, interruption }: PrepareContext,
  work: PreparedWork<T>,
): Promise<T> {
  if (given.detach === true && given.services !== 'deployed') {
    throw new ConfigurationError([
      '‹detach›: only deployed services go on by themselves; say ‹services=deployed›, or leave it out',
    ]);
  }
  if (given.services === 'own') await requireDevice(given.device);
  const { settings: options, notes } = await settlePrecision(given);
  if (given.services === 'own') await requireDevice(options.device, options.precision);
  const prepare = async () => {
    const preparing = prepareRun(options, log, { note });
    const prepared = await unlessInterrupted(preparing, interruption);
    const { models, plan } = prepared;
    const embedsHere = given.services === 'own' && plan.projects.length > 0;
    const ofDevice = embedsHere ? await settleDevice(models, options) : [];
    return withNotes(prepared, [...notes, ...ofDevice]);
  };
  // What is wrong with the options is found before a new data folder is made.
  const early = existsSync(options.data) ? undefined : await prepare();
  const lock = await lockForServices(options);
  if (lock.warning !== undefined) log.warn(lock.warning);
  try {
    await removeLeftovers(options, log);
    const prepared = early ?? (await prepare());
    for (const line of prepared.models.notes) note(line);
    const isUnfinished = (await readBrokerFile(options.data)) !== undefined;
    const { projects, rejected } = prepared.plan;
    if (projects.length + rejected.length === 0 && !isUnfinished) {
      await rememberProjects(prepared.plan, options, log);
      return await work.nothingToDo(prepared);
    }
    if (options.services === 'own') await refuseDrift();
    return await work.execute(toRunExecution(prepared, options, log));
  } finally {
    await lock.release();
  }
}

/** Vectors of other pixels under the name of these would spoil the cache for good. */
async function refuseDrift(): Promise<void> {
  const drift = await findPixelDrift();
  if (drift !== undefined) throw new ConfigurationError([drift]);
}
