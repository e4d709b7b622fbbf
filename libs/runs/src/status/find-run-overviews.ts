import { setTimeout as delay } from 'node:timers/promises';
import { isUnfinished, type RunId, type RunStatus } from '@cullstream/contracts';
import { hearStatus, type Bus } from '@cullstream/bus';
import { openRunRecords, tryLockData } from '@cullstream/runtime';
import {
  hasBroker,
  hasWorkerEnded,
  isExternal,
  reachBroker,
  readBrokerFile,
  readCancelled,
  workKinds,
  type BrokerContext,
  type BrokerFile,
  type LockedFolder,
  type WorkKind,
} from '@cullstream/broker';
import { readStoredStatus } from './read-stored-status.js';
import type { RunOverview } from './run-overview.js';

/** The reporter speaks twice a second; a machine with all cores at work may keep it waiting. */
const ANSWER_TIMEOUT_MS = 3_000;
/** A run that is just being started or ended has no broker; that of one at work answers at once. */
const CONNECT_TIMEOUT_MS = 2_000;

type Noted = BrokerFile & { readonly kind: WorkKind };

/** Runs and replays that have not ended, and the last one that was cancelled. */
export async function findRunOverviews(
  settings: LockedFolder,
  context: BrokerContext,
): Promise<RunOverview[]> {
  const noted = await readNoted(settings.data);
  const found = await readOverviews(noted, settings, context);
  const now = await readNoted(settings.data);
  // A run may have ended, paused or begun meanwhile: its state is read again.
  return JSON.stringify(now) === JSON.stringify(noted)
    ? found
    : readOverviews(now, settings, context);
}

async function readOverviews(
  noted: readonly Noted[],
  settings: LockedFolder,
  context: BrokerContext,
): Promise<RunOverview[]> {
  const external = isExternal(context);
  if (noted.length === 0 && !external) return readCancelledOverviews(settings.data);
  const look = (bus: Bus, { isOurs }: { readonly isOurs: boolean }) =>
    noted.length === 0
      ? askNewest(bus)
      : Promise.all(noted.map((file) => readOverview(bus, file, isOurs || hasWorkerEnded(file))));
  if (!hasBroker(context)) return noted.map((file) => toUnaskedOverview(file, true));
  if (external) return reachBroker(settings, context, look);
  try {
    return await reachBroker(settings, context, look, CONNECT_TIMEOUT_MS);
  } catch (error) {
    context.log.debug({ err: error }, 'the broker does not tell how the run stands');
    const isFree = await isFolderFree(settings);
    return noted.map((file) => toUnaskedOverview(file, isFree || hasWorkerEnded(file)));
  }
}

async function readNoted(dataDir: string): Promise<Noted[]> {
  const files = await Promise.all(
    workKinds.map(async (kind) => ({ kind, file: await readBrokerFile(dataDir, kind) })),
  );
  return files.flatMap(({ kind, file }) => (file === undefined ? [] : [{ ...file, kind }]));
}

async function readCancelledOverviews(dataDir: string): Promise<RunOverview[]> {
  const runs = await Promise.all(
    workKinds.map(async (kind) => ({ kind, file: await readCancelled(dataDir, kind) })),
  );
  return runs.flatMap(({ kind, file }) =>
    file === undefined
      ? []
      : [{ run: file.run, kind, phase: 'cancelled' as const, isIdle: true, endedAt: file.at }],
  );
}

async function readOverview(bus: Bus, file: Noted, isIdle: boolean): Promise<RunOverview> {
  const { run, kind } = file;
  const live = isIdle ? undefined : await listen(bus, run);
  if (live !== undefined) return { run, kind, phase: live.state, isIdle, live };
  const record = await (await openRunRecords(bus)).load(run);
  if (record === undefined) return toUnaskedOverview(file, isIdle);
  const stored = await readStoredStatus(bus, record);
  const phase = isIdle && record.state === 'running' ? 'interrupted' : record.state;
  return { run, kind, phase, isIdle, stored };
}

/** What the note alone tells. */
function toUnaskedOverview({ run, kind, isPaused = false }: Noted, isIdle: boolean): RunOverview {
  const idlePhase = isPaused ? 'paused' : 'interrupted';
  return { run, kind, phase: isIdle ? idlePhase : 'running', isIdle };
}

/** The newest run that is under way at a broker of somebody else's. */
async function askNewest(bus: Bus): Promise<RunOverview[]> {
  const records = await openRunRecords(bus);
  const all = [...(await records.list()).values()];
  const newest = all.findLast(isUnfinished) ?? all.at(-1);
  if (newest === undefined || newest.state === 'completed') return [];
  const { run, replay, state } = newest;
  const kind = replay === undefined ? 'run' : 'replay';
  if (state === 'cancelled') return [{ run, kind, phase: state, isIdle: true }];
  return [await readOverview(bus, { run, url: '', kind }, false)];
}

async function listen(bus: Bus, run: RunId): Promise<RunStatus | undefined> {
  const answered = new AbortController();
  let answer: RunStatus | undefined;
  const unhear = hearStatus(bus, run, (status) => {
    answer ??= status;
    answered.abort();
  });
  const { signal } = answered;
  await Promise.race([delay(ANSWER_TIMEOUT_MS, undefined, { signal }), bus.closed]).catch(
    () => undefined,
  );
  unhear();
  if (answer === undefined) bus.log.debug({ run }, 'the reporter does not answer');
  return answer;
}

/** Whether nobody works there: true where it cannot be told, as in a folder that cannot be written. */
async function isFolderFree(settings: LockedFolder): Promise<boolean> {
  try {
    const lock = await tryLockData(settings, { isBrief: true });
    await lock?.release();
    return lock !== undefined;
  } catch {
    return true;
  }
}
