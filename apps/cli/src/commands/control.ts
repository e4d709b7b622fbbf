import {
  ConfigurationError,
  weightedServices,
  type RunHead,
  type RunId,
  type RunRecord,
} from '@cullstream/contracts';
import { deleteRun, purgeWork, type Bus } from '@cullstream/bus';
import { exitCodes, openRunRecords, requireWholeRun } from '@cullstream/runtime';
import { hasWorkerEnded, noteCancelled, readBrokerFile, workKinds } from '../run/broker-file.js';
import { chooseRun } from '../run/choose-run.js';
import { patiently } from '../run/patiently.js';
import { refuseOtherWeights } from '../run/refuse-other-weights.js';
import { hasBroker, isExternal, reachBroker, type Reached } from '../run/with-broker.js';
import type { ControlSettings, PrioritiseSettings } from '../settings/control-settings.js';
import type { Stand } from '../status/run-stand.js';
import type { CommandContext } from './command-context.js';

const unfinished = ['running', 'paused', 'interrupted'] as const satisfies Stand[];

/** Holds a run: its services hand back what they have not begun, and take nothing until it is resumed. */
export function pause(
  settings: ControlSettings,
  context: CommandContext,
  [id]: readonly string[],
): Promise<number> {
  return control(settings, context, {
    ...{ id, verb: 'pause', stands: ['running'] },
    change: (record) => ({ ...record, state: 'paused' }),
    text: ({ run }) =>
      `run ${run} is paused: what is in flight is finished; \`cullstream resume\` goes on`,
  });
}

/** Lets a paused run go on. */
export function resume(
  settings: ControlSettings,
  context: CommandContext,
  [id]: readonly string[],
): Promise<number> {
  return control(settings, context, {
    ...{ id, verb: 'resume', stands: ['paused'] },
    // Services that came while it was paused had nothing to say of it.
    before: (bus, { recipe, replay }) =>
      refuseOtherWeights(bus, recipe, {
        services: replay?.from === 'embeddings' ? ['predictor'] : weightedServices,
        note: (line) => context.terminal.note(line),
        remedy:
          'the run stays paused: start the services with the weights of the run, or cancel it',
      }),
    change: (record) => ({ ...record, state: 'running' }),
    text: ({ run, replay }, isIdle) =>
      isIdle
        ? `run ${run} may go on: the same \`cullstream ${replay === undefined ? 'run' : 'replay'}\` takes it up`
        : `run ${run} goes on`,
  });
}

/** Ends a run: what waits is purged, what is done stays. */
export function cancel(
  settings: ControlSettings,
  context: CommandContext,
  [id]: readonly string[],
): Promise<number> {
  return control(settings, context, {
    ...{ id, verb: 'cancel', stands: unfinished },
    change: (record) => ({ ...record, state: 'cancelled' }),
    async after(bus, { run, replay }, isIdle) {
      await purgeWork(bus, run);
      // Whoever works on it does the rest.
      if (!isIdle) return;
      await deleteRun(bus, run);
      const kind = replay === undefined ? 'run' : 'replay';
      const noted = await readBrokerFile(settings.data, kind);
      if (noted === undefined || noted.run === run) await noteCancelled(settings.data, run, kind);
    },
    text: ({ run }) => `run ${run} is cancelled: what was done stays, what was waiting is gone`,
  });
}

/** Has the waiting images of some projects of a run handed out before all others. */
export function prioritise(
  settings: PrioritiseSettings,
  context: CommandContext,
  projects: readonly string[],
): Promise<number> {
  return control(settings, context, {
    ...{ id: settings.run, verb: 'reorder', stands: unfinished },
    check: (record) => refuseUnknown(record, projects),
    change: (record) => ({ ...record, first: [...projects] }),
    text: ({ run }, isIdle) =>
      (projects.length === 0
        ? `run ${run} keeps to its own order`
        : `run ${run}: ${projects.join(', ')} first`) + (isIdle ? ', once it is taken up' : ''),
  });
}

/** The record of a run names those that come first, and is bounded. */
const MOST_FIRST = 100;
const NAMES_SHOWN = 30;

function refuseUnknown({ run, projects, replay }: RunRecord, names: readonly string[]): void {
  if (replay !== undefined) {
    throw new ConfigurationError([`run ${run} is a replay: all its work is handed out already`]);
  }
  const known = new Set(projects.map(({ project }) => project.name));
  const some = [...known].slice(0, NAMES_SHOWN);
  const more = known.size > some.length ? `, and ${known.size - some.length} more` : '';
  const problems = names
    .filter((name) => !known.has(name))
    .map((name) => `run ${run} has no project "${name}"; it has: ${some.join(', ')}${more}`);
  if (names.length > MOST_FIRST) {
    problems.push(`at most ${MOST_FIRST} projects can come first, not ${names.length}`);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
}

interface Control {
  readonly id: string | undefined;
  readonly verb: string;
  readonly stands: readonly Stand[];
  /** @throws {ConfigurationError} when it makes no sense of this run */
  readonly check?: (record: RunRecord) => void;
  /** @throws {ConfigurationError} when it cannot be done now */
  readonly before?: (bus: Bus, record: RunHead) => Promise<void>;
  readonly change: (record: RunHead) => RunHead;
  /** @param isIdle nobody works on it */
  readonly after?: (bus: Bus, record: RunHead, isIdle: boolean) => Promise<void>;
  /** @param isIdle nobody works on it */
  readonly text: (record: RunHead, isIdle: boolean) => string;
}

async function control(
  settings: ControlSettings,
  context: CommandContext,
  { id, verb, stands, check, before, change, after, text }: Control,
): Promise<number> {
  if (!hasBroker(settings, context)) {
    throw new ConfigurationError([
      `there is no run to ${verb}: none has worked in ${settings.data}`,
    ]);
  }
  const files = await Promise.all(workKinds.map((kind) => readBrokerFile(settings.data, kind)));
  const noted = files.flatMap((file) => (file === undefined ? [] : [file.run]));
  const isOwnBroker = !isExternal(settings, context);
  const work = async (bus: Bus, { isOurs }: Reached) => {
    const records = await openRunRecords(bus);
    const all = [...(await records.list()).values()];
    const isIdle = (run: RunId) => {
      const file = files.find((each) => each?.run === run);
      // At somebody else's broker a run without a note is that of deployed services.
      return file === undefined ? isOurs && isOwnBroker : isOurs || hasWorkerEnded(file);
    };
    const standOf = ({ run, state }: RunHead): Stand =>
      state === 'running' && isIdle(run) ? 'interrupted' : state;
    const chosen = chooseRun(all, { id, noted, verb, stands, standOf });
    const { run } = chosen;
    await before?.(bus, chosen);
    if (check !== undefined) check(await requireWholeRun(records, run));
    const record = await records.update(run, (current) =>
      stands.includes(standOf(current)) ? change(current) : current,
    );
    if (record === undefined) throw new ConfigurationError([`run ${run} is forgotten by now`]);
    await after?.(bus, record, isIdle(run));
    const { state, first = [] } = record;
    context.terminal.print(
      settings.json ? JSON.stringify({ run, state, first }) : text(record, isIdle(run)),
    );
    return exitCodes.ok;
  };
  // All of it may be done again: a broker that is just being started again has not done it.
  const note = (line: string) => context.terminal.note(line);
  return reachBroker(settings, context, (bus, reached) =>
    patiently(() => work(bus, reached), note),
  );
}
