import {
  ConfigurationError,
  weightedServices,
  type RunHead,
  type RunId,
  type RunRecord,
} from '@cullstream/contracts';
import type { ControlRequest } from '@cullstream/contracts/web';
import { deleteRun, purgeWork, type Bus } from '@cullstream/bus';
import { openRunRecords, requireWholeRun } from '@cullstream/runtime';
import type { RunPhase } from '../status/run-overview.js';
import {
  hasBroker,
  hasWorkerEnded,
  isExternal,
  recordCancellation,
  retryTransient,
  reachBroker,
  readBrokerFile,
  workKinds,
  type BrokerContext,
  type LockedFolder,
  type ReachedBroker,
} from '@cullstream/broker';
import { chooseRun } from '../open/choose-run.js';
import { assertSameWeights } from '../execute/assert-same-weights.js';
import { refuseOrder } from './refuse-order.js';

/** A run that was told something. */
export interface ControlledRun {
  /** As it is now. */
  readonly record: RunHead;
  /** Nobody works on it: what it was told counts once somebody does. */
  readonly isIdle: boolean;
}

export interface ControlOptions {
  readonly folder: LockedFolder;
  readonly context: BrokerContext;
  /** The run that is meant; the one under way where none is named. */
  readonly id: string | undefined;
}

const unfinished = ['running', 'paused', 'interrupted'] as const satisfies RunPhase[];

/**
 * Holds a run: its services hand back what they have not begun, and take nothing until it is resumed.
 * @throws {ConfigurationError} when there is no such run that could be paused
 */
export function pauseRun(options: ControlOptions): Promise<ControlledRun> {
  return control(options, pausing);
}

/**
 * Lets a paused run go on.
 * @throws {ConfigurationError} when none is paused, or deployed services have other weights by now
 */
export function resumeRun(options: ControlOptions): Promise<ControlledRun> {
  return control(options, resuming);
}

/**
 * Ends a run: what waits is purged, what is done stays.
 * @throws {ConfigurationError} when there is none that could be cancelled
 */
export function cancelRun(options: ControlOptions): Promise<ControlledRun> {
  return control(options, toCancelling(options.folder.data));
}

/**
 * Has the waiting images of some projects of a run handed out before all others.
 * @param projects none for the run's own order
 * @throws {ConfigurationError} for projects that the run does not have, and for a replay
 */
export function prioritiseProjects(
  options: ControlOptions,
  projects: readonly string[],
): Promise<ControlledRun> {
  return control(options, toReordering(projects));
}

/** A run that somebody works on. */
export interface RunAtWork {
  readonly data: string;
  readonly run: RunId;
  /** Whether the broker lets this connection purge streams. */
  readonly mayPurge: boolean;
}

/**
 * As the functions above, of a run that somebody works on, over a connection that is there.
 * @throws {ConfigurationError} when it makes no sense of the run
 */
export async function controlRunAtWork(
  bus: Bus,
  { data, run, mayPurge }: RunAtWork,
  request: ControlRequest,
): Promise<RunHead> {
  const change = toChange(request, data);
  // What waits of a cancelled run is little: without purging it, it is done and forgotten with the run.
  const allowed = mayPurge ? change : { ...change, after: undefined };
  const { record } = await apply(bus, allowed, {
    id: run,
    noted: [],
    isIdle: () => false,
  });
  return record;
}

function toChange(request: ControlRequest, data: string): Change {
  switch (request.action) {
    case 'pause':
      return pausing;
    case 'resume':
      return resuming;
    case 'cancel':
      return toCancelling(data);
    case 'prioritise':
      return toReordering(request.projects);
  }
}

interface Change {
  readonly verb: string;
  readonly phases: readonly RunPhase[];
  /** @throws {ConfigurationError} when it makes no sense of this run */
  readonly check?: (record: RunRecord) => void;
  /** @throws {ConfigurationError} when it cannot be done now */
  readonly before?: (bus: Bus, record: RunHead) => Promise<void>;
  readonly change: (record: RunHead) => RunHead;
  /** @param isIdle nobody works on it */
  readonly after?: ((bus: Bus, record: RunHead, isIdle: boolean) => Promise<void>) | undefined;
}

const pausing: Change = {
  verb: 'pause',
  phases: ['running'],
  change: (record) => ({ ...record, state: 'paused', pausedBy: 'person' }),
};

const resuming: Change = {
  verb: 'resume',
  phases: ['paused'],
  // Services that came while it was paused had nothing to say of it.
  before: (bus, { recipe, replay }) =>
    assertSameWeights(bus, recipe, {
      services: replay?.from === 'embeddings' ? ['predictor'] : weightedServices,
      remedy: 'the run stays paused: start the services with the weights of the run, or cancel it',
    }),
  change: (record) => ({ ...record, state: 'running' }),
};

function toCancelling(data: string): Change {
  return {
    verb: 'cancel',
    phases: unfinished,
    change: (record) => ({ ...record, state: 'cancelled' }),
    async after(bus, { run, replay }, isIdle) {
      await purgeWork(bus, run);
      // Whoever works on it does the rest.
      if (!isIdle) return;
      await deleteRun(bus, run);
      const kind = replay === undefined ? 'run' : 'replay';
      const noted = await readBrokerFile(data, kind);
      if (noted === undefined || noted.run === run) await recordCancellation(data, run, kind);
    },
  };
}

function toReordering(projects: readonly string[]): Change {
  return {
    verb: 'reorder',
    phases: unfinished,
    check: (record) => refuseOrder(record, projects),
    change: (record) => ({ ...record, first: [...projects] }),
  };
}

async function control(
  { folder, context, id }: ControlOptions,
  change: Change,
): Promise<ControlledRun> {
  const { data } = folder;
  if (!hasBroker(context)) {
    throw new ConfigurationError([`there is no run to ${change.verb}: none has worked in ${data}`]);
  }
  const files = await Promise.all(workKinds.map((kind) => readBrokerFile(data, kind)));
  const noted = files.flatMap((file) => (file === undefined ? [] : [file.run]));
  const isOwnBroker = !isExternal(context);
  const work = (bus: Bus, { isOurs }: ReachedBroker): Promise<ControlledRun> => {
    const isIdle = (run: RunId) => {
      const file = files.find((each) => each?.run === run);
      // At somebody else's broker a run without a note is that of deployed services.
      return file === undefined ? isOurs && isOwnBroker : isOurs || hasWorkerEnded(file);
    };
    return apply(bus, change, { id, noted, isIdle });
  };
  // All of it may be done again: a broker that is just being started again has not done it.
  return reachBroker(folder, context, (bus, reached) =>
    retryTransient(() => work(bus, reached), context.note),
  );
}

interface Target {
  /** The run that is meant; the one under way where none is named. */
  readonly id: string | undefined;
  /** Runs that work in the data folder. */
  readonly noted: readonly RunId[];
  readonly isIdle: (run: RunId) => boolean;
}

async function apply(
  bus: Bus,
  { verb, phases, check, before, change, after }: Change,
  { id, noted, isIdle }: Target,
): Promise<ControlledRun> {
  const records = await openRunRecords(bus);
  const all = [...(await records.list()).values()];
  const toPhase = ({ run, state }: RunHead): RunPhase =>
    state === 'running' && isIdle(run) ? 'interrupted' : state;
  const chosen = chooseRun(all, { id, noted, verb, phases, toPhase });
  const { run } = chosen;
  await before?.(bus, chosen);
  if (check !== undefined) check(await requireWholeRun(records, run));
  const record = await records.update(run, (current) =>
    phases.includes(toPhase(current)) ? change(current) : current,
  );
  if (record === undefined) throw new ConfigurationError([`run ${run} is forgotten by now`]);
  await after?.(bus, record, isIdle(run));
  return { record, isIdle: isIdle(run) };
}
